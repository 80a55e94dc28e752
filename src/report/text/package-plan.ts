import { formatCountOf } from '#base';
import type { PackageDecision, PackagePlan } from '#schema';
import { wrap } from '../columns.ts';
import { visible } from '../visible.ts';
import { heading, type Page } from './page.ts';

const FROM: Readonly<Record<PackageDecision['from'], string>> = {
  wheel: 'wheel',
  setting: 'wheel, with a setting',
  rebuild: 'build it here',
  module: 'module of the site',
  spack: 'Spack',
  conda: 'conda',
  'leave-out': 'leave it out',
  impossible: 'NOT TO BE HAD HERE',
};

/** A wheel of which there is nothing more to say. */
const isPlain = ({ from, source, instead, install }: PackageDecision): boolean =>
  from === 'wheel' && source === undefined && instead === undefined && install.length === 0;

function detailsOf({ from, instead, ask, settings, links, build, install, check }: PackageDecision): string[] {
  return [
    ...(instead === undefined ? [] : [`ask for ${instead} in its place`]),
    ...(ask === undefined ? [] : [`ask for: ${ask}`]),
    ...links.map(({ name, target }) => `link ${name} to ${target}`),
    ...settings.map(({ name, value }) => `set ${name}=${value}`),
    ...install.map(({ name, value }) => `resolve with ${name}=${value}`),
    ...(build?.variables ?? []).map(({ name, value }) => `build with ${name}=${value}`),
    ...(build?.settings ?? []).map(({ name, value }) => `build with the setting ${name}=${value}`),
    ...(check === undefined || from === 'impossible' ? [] : [`check: ${check}`]),
  ];
}

function drawDecision(decided: PackageDecision, { width, ink }: Page): string[] {
  const { name, version, from, because, isAsked } = decided;
  const title = `${name}${version === undefined ? '' : ` ${version}`}: ${FROM[from]}`;
  const paint = from === 'impossible' ? ink.bad : ink.strong;
  return [
    ...wrap(visible(title, 200), width).map(paint),
    ...wrap(visible(isAsked ? because : `${because} (another package needs it)`), width, '  '),
    ...detailsOf(decided).flatMap((line) => wrap(visible(line), width, '    ', '      ')),
  ];
}

/** The MPI and how jobs of it start. */
function targetLines({ partitions, machine, glibc, mpi, start, gpu }: PackagePlan, { width }: Page): string[] {
  const facts = [machine, glibc === undefined ? undefined : `glibc ${glibc}`, gpu && tellGpu(gpu)];
  const known = facts.filter((fact) => fact !== undefined).join(', ');
  return [
    ...wrap(visible(`for ${partitions.join(', ')}${known === '' ? '' : `: ${known}`}`), width),
    ...(mpi
      ? wrap(
          visible(`MPI: ${mpi.title}${mpi.version === undefined ? '' : ` (${mpi.version})`}, ${mpi.library}`),
          width,
          '',
          '     ',
        )
      : []),
    ...(start
      ? wrap(
          visible(`start jobs with: ${start.command}${start.isKnown ? '' : ', which may do'}; ${start.because}`),
          width,
          '',
          '     ',
        )
      : []),
  ];
}

const tellGpu = ({ kind, driver }: NonNullable<PackagePlan['gpu']>): string =>
  kind === 'none'
    ? 'no GPU'
    : `${kind === 'nvidia' ? 'NVIDIA' : 'AMD'} GPUs${driver === undefined ? '' : `, driver ${driver}`}`;

/** Which package comes from where, those that depend on the site first. */
export function packagePlanLines(plan: PackagePlan, page: Page): string[] {
  const { width } = page;
  const plain = plan.decisions.filter(isPlain);
  const special = plan.decisions.filter((one) => !isPlain(one));
  const names = plain.map(({ name }) => name).join(', ');
  return [
    page.ink.strong(`PACKAGES AT ${visible(plan.site, 60).toUpperCase()}`),
    '',
    ...targetLines(plan, page),
    ...(special.length > 0 ? heading(page, 'Depends on the site') : []),
    ...special.flatMap((one, index) => [...(index > 0 ? [''] : []), ...drawDecision(one, page)]),
    ...(plain.length > 0 ? heading(page, 'Wheels of PyPI as they are') : []),
    ...(plain.length > 0 ? wrap(visible(`${formatCountOf(plain.length, 'package')}: ${names}`), width) : []),
    ...(plan.notes.length > 0 ? heading(page, 'Notes') : []),
    ...plan.notes.flatMap((note) => wrap(visible(note), width, '- ', '  ')),
  ];
}
