import { formatBytes, formatCountOf } from '#base';
import type { EnvironmentReport } from '#schema';
import { wrap } from '../columns.ts';
import type { Table } from '../tables.ts';
import { visible } from '../visible.ts';
import { findingsSection } from './findings.ts';
import { importsSection } from './import-trial.ts';
import { unknownsSection } from './measurements.ts';
import { tellMpi4py } from './mpi4py.ts';
import { drawTable, heading, type Page } from './page.ts';
import { verdictsSection } from './verdicts.ts';

const short = (text: string) => visible(text, 120);

/** The oldest of the tags: the alternatives promise the same machine. */
const tagText = (platforms: readonly string[]) => short(platforms.at(-1) ?? '-').replace(/_(x86_64|aarch64)$/, ' $1');

function nativeTable({ native }: EnvironmentReport, most: number): Table {
  return {
    title: 'Distributions with native code, the largest first',
    columns: [
      { title: 'distribution', kind: 'code' },
      { title: 'version', kind: 'code' },
      { title: 'modules', kind: 'number' },
      { title: 'libraries', kind: 'number', optional: true },
      { title: 'size', kind: 'number' },
      { title: 'glibc', kind: 'number' },
      { title: 'wheel for', kind: 'code', optional: true },
    ],
    rows: native
      .slice(0, most)
      .map(({ name, version, extensions, libraries, bytes, glibc, platforms }) => [
        ...[short(name), short(version), String(extensions), String(libraries), formatBytes(bytes)],
        ...[glibc ?? '-', tagText(platforms)],
      ]),
    total: native.length,
  };
}

function copiesTable({ copies }: EnvironmentReport, most: number): Table {
  return {
    title: 'Libraries that several distributions bring',
    columns: [
      { title: 'library', kind: 'code' },
      { title: 'copies', kind: 'number' },
      { title: 'brought by', kind: 'code' },
    ],
    rows: copies
      .slice(0, most)
      .map(({ name, paths, owners }) => [short(name), String(paths.length), short(owners.join(', '))]),
    total: copies.length,
  };
}

function outsideTable({ outside }: EnvironmentReport, most: number): Table {
  return {
    title: 'Libraries it needs from outside',
    columns: [
      { title: 'library', kind: 'code' },
      { title: 'here', kind: 'code' },
      { title: 'needed by', kind: 'code', optional: true },
    ],
    rows: outside
      .slice(0, most)
      .map(({ name, path, isKnown, neededBy }) => [
        short(name),
        path === undefined ? (isKnown ? 'not found' : 'not looked for') : visible(path),
        short(neededBy.join(', ')),
      ]),
    total: outside.length,
  };
}

/** No library says by itself which MPI mpi4py would use. */
function mpi4pyLines({ mpi4py }: EnvironmentReport, { width }: Page): string[] {
  if (!mpi4py) return [];
  return [...wrap(tellMpi4py(mpi4py), width), ''];
}

/** What an environment contains and what is wrong with it, in fixed columns. */
export function environmentLines(report: EnvironmentReport, page: Page): string[] {
  const { environment, headline } = report;
  const pure = environment.distributions.length - report.native.length;
  const tables = [nativeTable(report, page.most), copiesTable(report, page.most), outsideTable(report, page.most)];
  return [
    ...wrap(visible(environment.place), page.width).map(page.ink.strong),
    ...headline.flatMap((sentence) => wrap(visible(sentence, 600), page.width)),
    ...findingsSection({ categories: report.categories, step: environment }, page),
    ...heading(page, 'What is in it'),
    ...tables.flatMap((table) => (table.total > 0 ? [...drawTable(page, table, ''), ''] : [])),
    ...mpi4pyLines(report, page),
    `${formatCountOf(pure, 'distribution')} without native code.`,
    ...importsSection(report, page),
    ...verdictsSection(report, page),
    ...unknownsSection(report, page),
  ];
}
