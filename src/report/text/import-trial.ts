import { formatCountOf, formatSeconds } from '#base';
import type { EnvironmentReport, ImportTrial } from '#schema';
import { wrap } from '../columns.ts';
import type { Table } from '../tables.ts';
import { visible } from '../visible.ts';
import { drawTable, heading, type Page } from './page.ts';

const short = (text: string) => visible(text, 120);

function tellModule({ seconds, failed }: ImportTrial['modules'][number]): string {
  if (failed) return `failed: ${failed.type}`;
  return seconds === undefined ? 'not reached' : formatSeconds(seconds);
}

const modulesTable = ({ modules }: ImportTrial): Table => ({
  title: 'Modules, in the order of their import',
  columns: [
    { title: 'module', kind: 'code' },
    { title: 'took (measured)', kind: 'code' },
  ],
  rows: modules.map((module) => [short(module.name), short(tellModule(module))]),
  total: modules.length,
});

const differingTable = ({ differing }: ImportTrial, most: number): Table => ({
  title: 'Loaded from elsewhere than the rules of the loader say',
  columns: [
    { title: 'library', kind: 'code' },
    { title: 'predicted', kind: 'code' },
    { title: 'in memory', kind: 'code' },
  ],
  rows: differing
    .slice(0, most)
    .map(({ name, predicted, real }) => [short(name), visible(predicted ?? 'none'), visible(real ?? 'none')]),
  total: differing.length,
});

const openedTable = ({ opened }: ImportTrial, most: number): Table => ({
  title: 'Opened by code, as no header tells',
  columns: [
    { title: 'library', kind: 'code' },
    { title: 'while importing', kind: 'code' },
  ],
  rows: opened.slice(0, most).map(({ path, during }) => [visible(path), short(during)]),
  total: opened.length,
});

const poolsTable = ({ pools = [] }: ImportTrial, most: number): Table => ({
  title: 'Thread pools, as threadpoolctl tells',
  columns: [
    { title: 'of', kind: 'code' },
    { title: 'version', kind: 'code' },
    { title: 'threads', kind: 'number' },
    { title: 'library', kind: 'code' },
  ],
  rows: pools
    .slice(0, most)
    .map(({ library, version = '-', threads, path }) => [
      ...[short(library), short(version)],
      ...[threads === undefined ? '-' : String(threads), visible(path)],
    ]),
  total: pools.length,
});

/** What the modules that were named loaded, where some were. */
export function importsSection({ trial }: EnvironmentReport, page: Page): string[] {
  if (!trial) return [];
  const { agreed, differing, ended } = trial;
  const compared = `${formatCountOf(agreed, 'library', 'libraries')} and extension modules were loaded as predicted, ${differing.length} otherwise.`;
  const over = ended ? `The process ended before it was through: ${short(ended.how)}.` : '';
  const tables = [
    modulesTable(trial),
    differingTable(trial, page.most),
    openedTable(trial, page.most),
    poolsTable(trial, page.most),
  ];
  return [
    ...heading(page, 'What imports load here'),
    ...tables.flatMap((table) => (table.total > 0 ? [...drawTable(page, table, ''), ''] : [])),
    ...wrap([compared, over].filter(Boolean).join(' '), page.width),
  ];
}
