import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { PackagePlan } from '#schema';
import { systemPython } from '../examples.ts';
import { lacks } from '../machine.ts';
import { environmentOf } from '../mpi-kits.ts';
import { pharos } from '../pharos.ts';
import { ask, type Ran, root, run } from '../run.ts';
import { debianSite, type Family, families, lacksOfSite } from './debian-site.ts';
import { lacksModules, loading, type ModuleSystem, moduleSystems } from './module-systems.ts';

// A plan for this machine, written, built and applied as its own page says: then jobs of it are one world under the
// launcher that it names, files are shared by their ranks, and nothing is found wrong with the environment.

const scratch = join(root, 'build/packaging/plans');
const RANKS = 3;

/** Builds are here to be right, not fast; those of earlier runs are taken, as users' are. */
const variables = () => ({
  PATH: `${dirname(environmentOf('uv', ['uv==0.13.9']))}:${process.env.PATH}`,
  UV_CACHE_DIR: join(root, 'build/packaging/uv-cache'),
  CFLAGS: '-O0 -g0',
  OMPI_ALLOW_RUN_AS_ROOT: '1',
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1',
  OMPI_MCA_rmaps_base_oversubscribe: '1',
});

const JOB = `
import sys
from mpi4py import MPI
world = MPI.COMM_WORLD
shared = ""
if len(sys.argv) > 1:
    import h5py
    assert h5py.get_config().mpi
    with h5py.File(sys.argv[1], "w", driver="mpio", comm=world) as file:
        file.create_dataset("ranks", (world.size,), dtype="i")[world.rank] = world.rank
    world.Barrier()
    with h5py.File(sys.argv[1], "r", driver="mpio", comm=world) as file:
        shared = " " + "".join(str(rank) for rank in file["ranks"][:])
sys.stdout.write("%d of %d%s\\n" % (world.rank, world.size, shared))
`;

interface Applied {
  readonly folder: string;
  readonly environment: string;
  readonly plan: PackagePlan;
}

function must(ran: Ran): Ran {
  if (ran.status !== 0)
    throw new Error(`it ended with status ${ran.status}:\n${ran.stderr}${ran.stdout}`.slice(0, 6000));
  return ran;
}

/** Writes a plan, and does what its page says. */
function apply(name: string, requirements: readonly string[], words: readonly string[]): Applied {
  const place = join(scratch, name);
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  const [folder, environment] = [join(place, 'plan'), join(place, '.venv')];
  writeFileSync(join(place, 'site.json'), JSON.stringify(debianSite()));
  writeFileSync(join(place, 'requirements.txt'), `${requirements.join('\n')}\n`);
  const where = { cwd: place, env: variables(), seconds: 400 };
  const asked = ['requirements.txt', '--site', 'site.json', '--python', systemPython, '--output', 'plan'];
  must(pharos(['plan', 'packages', ...asked, ...words], where));
  const page = readFileSync(join(folder, 'README.md'), 'utf8');
  const lines = /Then, once:\n\n```sh\n([\s\S]*?)```/.exec(page)?.[1] ?? 'false';
  // The page takes the Python that is at hand.
  must(run(['bash', '-ec', lines], { ...where, env: { ...where.env, UV_PYTHON: systemPython } }));
  return { folder, environment, plan: PackagePlan.parse(JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8'))) };
}

function inShell(system: ModuleSystem, { folder, environment }: Applied, command: string): string {
  const load = loading(system, scratch, folder, 'pharos-debian-12');
  const script = `${load}; . '${environment}/bin/activate'; ${command}`;
  return must(run(['bash', '-ec', script], { env: { ...variables(), PATH: process.env.PATH }, seconds: 60 })).stdout;
}

function startJob(system: ModuleSystem, applied: Applied, ...words: readonly string[]): string[] {
  const job = join(scratch, 'job.py');
  writeFileSync(job, JOB);
  const start = applied.plan.start?.command ?? 'false';
  const said = inShell(system, applied, `${start} -n ${RANKS} python '${job}' ${words.join(' ')}`);
  return said
    .split('\n')
    .filter((line) => line !== '')
    .sort();
}

function expectOneWorld(applied: Applied, family: Family, shared: string): void {
  for (const system of Object.keys(moduleSystems) as ModuleSystem[]) {
    const file = join(scratch, `shared-${family}.h5`);
    expect(startJob(system, applied, ...(shared === '' ? [] : [file])), system).toEqual(
      Array.from({ length: RANKS }, (_, rank) => `${rank} of ${RANKS}${shared}`),
    );
    expect(inShell(system, applied, 'echo "$TRIAL_MPI $PYTHONNOUSERSITE"').trim(), system).toBe(`${family} 1`);
  }
}

function needs(): boolean {
  const missing = [...lacksOfSite(), ...lacksModules()];
  if (missing.length > 0)
    process.stderr.write(`skipped: plans of packages: this machine has no ${missing.join(', no ')}\n`);
  return lacks('plans of packages', 'gcc', 'tclsh', 'dpkg-query') || missing.length > 0;
}

describe.skipIf(needs())('a plan of packages', () => {
  beforeAll(() => mkdirSync(scratch, { recursive: true }));

  test.for(families)('for %s: mpi4py from its wheel, h5py built for parallel files', (family) => {
    const applied = apply(
      `${family}-h5py`,
      ['mpi4py==4.1.2', 'h5py==3.16.0'],
      ['--mpi', family, '--parallel', 'h5py', '--build'],
    );
    expect(applied.plan.decisions).toMatchObject([
      { name: 'h5py', from: 'rebuild' },
      { name: 'mpi4py', from: family === 'openmpi' ? 'wheel' : 'setting' },
      { name: 'numpy', from: 'wheel' },
    ]);
    expectOneWorld(applied, family, ' 012');
    const audited = inShell(
      'Lmod',
      applied,
      `'${join(root, 'pharos')}' env '${applied.environment}' --fail-on warning`,
    );
    expect(audited).not.toContain('error');
  });

  // One cache, as a user has: a build for one MPI is not taken for the other.
  test.for(families)('for %s: mpi4py built while it is installed', (family) => {
    const applied = apply(`${family}-mpi4py`, ['mpi4py==4.1.2'], ['--mpi', family, '--rebuild', 'mpi4py']);
    expectOneWorld(applied, family, '');
    const [build = ''] = ask(['find', applied.environment, '-name', 'uv_build.json']).split('\n');
    expect(existsSync(build) && readFileSync(build, 'utf8')).toContain(`"PHAROS_SITE_KEY":"${applied.plan.siteKey}"`);
    const module = ask(['find', applied.environment, '-name', 'MPI.*.so']).trim();
    const soname = family === 'openmpi' ? 'libmpi.so.40' : 'libmpich.so.12';
    expect(ask(['readelf', '-d', module])).toContain(`[${soname}]`);
  });
});
