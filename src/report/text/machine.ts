import { formatBytes, formatCount, formatCountOf } from '#base';
import { type Machine, MPI_NAMES, type Site } from '#schema';
import { wrap } from '../columns.ts';
import type { Table } from '../tables.ts';
import { visible } from '../visible.ts';
import { drawPairs, drawTable, heading, type Page, tellMore } from './page.ts';

const short = (text: string) => visible(text, 200);

type Mpi = Machine['mpis'][number];

const UNKNOWN = 'not known';

function processorText({ processor: { model, target, level, cpus } }: Machine): string {
  const names = level === undefined || level === target ? target : `${target}, ${level}`;
  return [model, cpus && formatCountOf(cpus, 'CPU'), names].filter(Boolean).join('; ') || UNKNOWN;
}

function gpuText({ gpu, gpus, drivers }: Machine): string {
  if (gpu?.kind === 'none') return 'none';
  const driver = gpu?.driver ?? drivers.nvidia ?? drivers.amdgpu;
  if (gpus.length === 0) return UNKNOWN;
  return `${gpus.join(', ')}; driver ${driver ?? UNKNOWN}`;
}

const whereText = ({ scheduler, nodes }: Machine): string =>
  `${nodes.join(', ')}, ${scheduler === undefined ? 'outside of a job' : `in a job of ${scheduler}`}`;

function factPairs(machine: Machine): (readonly [string, string])[] {
  const { system, glibc, kernel, memoryBytes, nics } = machine;
  return [
    ['looked at', whereText(machine)],
    ['system', [system, kernel && `Linux ${kernel}`, glibc && `glibc ${glibc}`].filter(Boolean).join('; ') || UNKNOWN],
    ['processor', processorText(machine)],
    ['memory', memoryBytes === undefined ? UNKNOWN : formatBytes(memoryBytes)],
    ['GPUs', gpuText(machine)],
    ['network', nics.join(', ') || 'none found'],
  ];
}

/** One MPI on lines of its own: its paths are long, and each is needed whole. */
function mpiLines({ family, version, library, compiler, launcher, foundAs, modules }: Mpi, page: Page): string[] {
  const pairs: (readonly [string, string])[] = [
    ['library', short(library)],
    ['compiler', short(compiler ?? 'none found')],
    ['launcher', short(launcher ?? 'none found')],
    ['found as', short(foundAs.join(', ') || 'nothing, where no path is set')],
    ...(modules.length > 0 ? [['module', short(modules.join(', '))] as const] : []),
  ];
  return [...wrap(short(`${MPI_NAMES[family]} ${version ?? ''}`), page.width, '  '), ...drawPairs(page, pairs, '    ')];
}

function mpiSection(machine: Machine, page: Page): string[] {
  const shown = machine.mpis.slice(0, page.most);
  const more = machine.mpis.length - shown.length;
  if (machine.mpis.length === 0) return [`MPI libraries: ${absentOr(machine, 'MPI')}`, ''];
  return [
    'MPI libraries',
    ...shown.flatMap((mpi) => mpiLines(mpi, page)),
    ...(more > 0 ? wrap(tellMore(page, more), page.width, '  ') : []),
    '',
  ];
}

function libraryTable({ libraries }: Machine): Table {
  return {
    title: 'Libraries to build against',
    columns: [
      { title: 'library', kind: 'code' },
      { title: 'version', kind: 'code' },
      { title: 'built with', kind: 'code' },
      { title: 'prefix', kind: 'code' },
      { title: 'module', kind: 'code', optional: true },
    ],
    rows: libraries.map(({ name, version, mpi, prefix, modules }) => [
      ...[short(name), short(version ?? '-'), mpi === undefined ? '-' : mpi === 'none' ? 'no MPI' : MPI_NAMES[mpi]],
      ...[short(prefix), short(modules.join(', ') || '-')],
    ]),
    total: libraries.length,
  };
}

function partitionTable({ slurmPartitions }: Machine): Table {
  return {
    title: 'Partitions, as Slurm tells of them',
    columns: [
      { title: 'partition', kind: 'code' },
      { title: 'nodes', kind: 'number' },
      { title: 'CPUs', kind: 'number' },
      { title: 'memory', kind: 'number' },
      { title: 'GPUs and such', kind: 'code', optional: true },
      { title: 'features', kind: 'code', optional: true },
    ],
    rows: slurmPartitions.map(({ name, isDefault, available, nodes, cpus, memoryMegabytes, gres, features }) => [
      short(`${name}${isDefault ? ' (default)' : ''}${available ? '' : ' (down)'}`),
      ...[nodes, cpus].map((count) => (count === undefined ? '-' : formatCount(count))),
      memoryMegabytes === undefined ? '-' : formatBytes(memoryMegabytes * 1024 * 1024),
      ...[short(gres ?? '-'), short(features ?? '-')],
    ]),
    total: slurmPartitions.length,
  };
}

const listed = (names: readonly string[], most: number): string =>
  names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;

function fabricText({ fabrics }: Machine): string {
  const { libfabric, ucx } = fabrics ?? {};
  const told = [
    libfabric &&
      `libfabric ${libfabric.version ?? 'of unknown version'}: ${listed([...new Set(libfabric.providers.map(({ name }) => name))], 12)}`,
    ucx && `UCX ${ucx.version ?? 'of unknown version'}: ${listed(ucx.transports, 12)}`,
  ];
  return told.filter(Boolean).join('; ') || UNKNOWN;
}

const MODULE_SYSTEMS = { lmod: 'Lmod', 'environment-modules': 'Environment Modules' } as const;

/** `none` only where it was looked for. */
const absentOr = ({ notTold }: Machine, what: string): string =>
  notTold.some((one) => one.what === what && one.isAbsent) ? 'none' : UNKNOWN;

function softwarePairs(machine: Machine): (readonly [string, string])[] {
  const { moduleSystem, modules, spack, stacks, blas, slurm, pmi, pmiDefault } = machine;
  const { easybuild, eessiVersion, eessiTarget, crayPe, conda } = stacks;
  const pmiText = pmi ? `${pmi.join(', ')}; where nothing is said: ${pmiDefault ?? UNKNOWN}` : UNKNOWN;
  const pairs: (readonly [string, string] | undefined)[] = [
    slurm && ['Slurm', slurm.version ?? UNKNOWN],
    slurm && ['srun --mpi', pmiText],
    ['fabrics', fabricText(machine)],
    ['BLAS', listed([...new Set(blas.map(({ name }) => name))], 8) || 'none on the way of the loader'],
    [
      'modules',
      moduleSystem
        ? `${MODULE_SYSTEMS[moduleSystem.kind]} ${moduleSystem.version ?? ''}: ${formatCountOf(modules.length, 'module')}`
        : absentOr(machine, 'environment modules'),
    ],
    ['Spack', spack ? `${spack.root}: ${formatCountOf(spack.packages.length, 'package')}` : absentOr(machine, 'Spack')],
    conda === undefined ? undefined : ['conda', conda],
    easybuild && ['EasyBuild', `loaded: ${listed(easybuild, 8)}`],
    eessiVersion === undefined ? undefined : ['EESSI', `${eessiVersion} ${eessiTarget ?? ''}`],
    crayPe === undefined ? undefined : ['Cray PE', crayPe],
  ];
  return pairs.flatMap((pair) => (pair ? [[pair[0], short(pair[1])] as const] : []));
}

function notToldLines({ notTold }: Machine, page: Page): string[] {
  const missing = notTold.filter(({ isAbsent }) => !isAbsent);
  if (missing.length === 0) return [];
  return [
    ...heading(page, 'What is not known'),
    ...missing.flatMap(({ what, because }) => wrap(short(`${what}: ${because}`), page.width, '- ', '  ')),
  ];
}

const noteLines = (notes: readonly string[], page: Page): string[] =>
  notes.flatMap((note) => wrap(visible(note, 2000), page.width, '- ', '  '));

/** What a machine offers to Python jobs. `notes`: what its facts say of each other. */
export function machineLines(machine: Machine, notes: readonly string[], page: Page): string[] {
  const tables = [libraryTable(machine), partitionTable(machine)];
  return [
    page.ink.strong(short(`MACHINE ${machine.nodes.join(', ')}`)),
    '',
    ...drawPairs(
      page,
      factPairs(machine).map(([name, value]) => [name, short(value)]),
      '',
    ),
    ...(notes.length > 0 ? heading(page, 'To be known') : []),
    ...noteLines(notes, page),
    ...heading(page, 'What it offers'),
    ...mpiSection(machine, page),
    ...tables.flatMap((table) => (table.total > 0 ? [...drawTable(page, table, ''), ''] : [])),
    ...drawPairs(page, softwarePairs(machine), ''),
    ...notToldLines(machine, page),
  ];
}

/** The partitions of a site beside each other, and where they differ. */
export function siteLines(site: Site, page: Page): string[] {
  const machines = [...Object.entries(site.partitions), ...(site.login ? [['login', site.login] as const] : [])];
  const table: Table = {
    title: 'What was looked at',
    columns: [
      { title: 'partition', kind: 'code' },
      { title: 'nodes', kind: 'number' },
      { title: 'processor', kind: 'code' },
      { title: 'glibc', kind: 'code' },
      { title: 'GPU', kind: 'code' },
      { title: 'MPI', kind: 'code' },
    ],
    rows: machines.map(([name, { nodes, processor, glibc, gpu, gpus, mpis }]) => [
      ...[short(name), formatCount(nodes.length), short(processor.target ?? '-'), short(glibc ?? '-')],
      short(gpu?.kind === 'none' ? 'none' : gpus.join(', ') || '-'),
      short(
        [...new Set(mpis.map(({ family, version }) => `${MPI_NAMES[family]} ${version ?? ''}`.trim()))].join(', ') ||
          '-',
      ),
    ]),
    total: machines.length,
  };
  return [
    page.ink.strong(short(`SITE ${site.name.toUpperCase()}`)),
    '',
    ...drawTable(page, table, ''),
    ...(site.notes.length > 0 ? heading(page, 'To be known') : []),
    ...noteLines(site.notes, page),
  ];
}
