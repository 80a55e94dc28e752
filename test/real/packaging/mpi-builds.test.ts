import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemPython } from '../examples.ts';
import { lacks } from '../machine.ts';
import { hasDebianMpi } from '../mpi-kits.ts';
import { ask, run } from '../run.ts';
import { findingsIn } from './findings.ts';

// Modules that are built for one MPI, with Debian's two beside each other: what is said of them on disk, then tried.

const CODE = `
#include <mpi.h>
int tide(void) {
  int began = 0, size = 0;
  MPI_Initialized(&began);
  if (!began) MPI_Init(0, 0);
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  if (!began) MPI_Finalize();
  return size;
}
`;
/** Its functions only, under the name that wheels need. */
const STUB = ['Initialized(int *a)', 'Init(int *a, char ***b)', 'Comm_size(int a, int *b)', 'Finalize(void)']
  .map((head) => `int MPI_${head} { return 0; }\n`)
  .join('');
const CALL = 'import ctypes, sys; print(ctypes.CDLL(sys.argv[1]).tide(), flush=True)';
/** Open MPI does not start as root, nor with more ranks than cores, where it is not asked to. */
const ASK = {
  OMPI_ALLOW_RUN_AS_ROOT: '1',
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1',
  OMPI_MCA_rmaps_base_oversubscribe: '1',
};
const LIBRARIES = '/usr/lib/x86_64-linux-gnu';

describe.skipIf(lacks('builds for an MPI', 'mpicc.mpich', 'mpicc.openmpi', 'mpiexec.mpich', 'gcc') || !hasDebianMpi())(
  'a module that was built for',
  () => {
    let place: string;
    let site: string;
    let module: string;
    beforeAll(() => {
      place = mkdtempSync(join(tmpdir(), 'pharos-builds-'));
      ask([systemPython, '-m', 'venv', '--without-pip', join(place, 'env')]);
      site = ask([
        join(place, 'env/bin/python'),
        '-c',
        "import sysconfig; print(sysconfig.get_path('platlib'))",
      ]).trim();
      module = join(site, 'tide/_core.abi3.so');
      mkdirSync(join(site, 'tide'));
      mkdirSync(join(site, 'tide-1.2.dist-info'));
      const metadata = 'Metadata-Version: 2.1\nName: tide\nVersion: 1.2\nRequires-Dist: mpi4py>=4\n';
      writeFileSync(join(site, 'tide-1.2.dist-info/METADATA'), metadata);
      writeFileSync(join(site, 'tide-1.2.dist-info/RECORD'), 'tide/_core.abi3.so,,\n');
      writeFileSync(join(place, 'tide.c'), CODE);
      writeFileSync(join(place, 'stub.c'), STUB);
    });
    afterAll(() => rmSync(place, { recursive: true, force: true }));

    const build = (compiler: readonly string[], last: readonly string[] = []) =>
      ask([...compiler, '-shared', '-fPIC', '-o', module, join(place, 'tide.c'), ...last]);

    /** A folder in which a library has another name. */
    function named(folder: string, name: string, library: string): string {
      mkdirSync(join(place, folder), { recursive: true });
      symlinkSync(library, join(place, folder, name));
      return join(place, folder);
    }

    const findingsOf = (env: Readonly<Record<string, string>> = {}) => findingsIn(join(place, 'env'), env);

    const start = (launcher: string, env: Readonly<Record<string, string>> = {}) =>
      run([launcher, '-n', '2', systemPython, '-c', CALL, module], { env: { ...ASK, ...env } });

    test('MPICH or Open MPI of this machine gets it', () => {
      for (const make of ['mpich', 'openmpi']) {
        build([`mpicc.${make}`]);
        expect(findingsOf()).toEqual([]);
        expect(start(`mpiexec.${make}`)).toMatchObject({ status: 0, stdout: '2\n2\n' });
      }
    });

    test('MPICH, by the name of wheels, is told how Debian calls it, and works with that name', () => {
      const stub = join(place, 'libmpi.so.12');
      ask(['gcc', '-shared', '-fPIC', '-Wl,-soname,libmpi.so.12', '-o', stub, join(place, 'stub.c')]);
      const flags = ask(['mpicc.mpich', '-compile_info']).match(/-I\S+/g) ?? [];
      build(['gcc', ...flags], [stub]);
      rmSync(stub);
      const [finding, ...others] = findingsOf();
      expect(others).toEqual([]);
      expect(finding).toMatchObject({
        severity: 'warning',
        message: expect.stringContaining('needs libmpi.so.12, and MPICH is here as libmpich.so.12'),
        fix: expect.stringMatching(/ln -s \S+\/libmpich\.so\.12 /),
      });
      expect(start('mpiexec.mpich').status).not.toBe(0);

      const LD_LIBRARY_PATH = named('as-wheels', 'libmpi.so.12', `${LIBRARIES}/libmpich.so.12`);
      expect(findingsOf({ LD_LIBRARY_PATH })).toEqual([]);
      expect(start('mpiexec.mpich', { LD_LIBRARY_PATH })).toMatchObject({ status: 0, stdout: '2\n2\n' });

      // Open MPI 1.10 had this name, too: here a later one has.
      const other = { LD_LIBRARY_PATH: named('open', 'libmpi.so.12', `${LIBRARIES}/libmpi.so.40`) };
      expect(findingsOf(other)).toMatchObject([
        {
          severity: 'error',
          message: expect.stringMatching(/built for MPICH, and gets \S+ which is Open MPI by its symbols/),
        },
      ]);
      expect(start('mpiexec.openmpi', other).stdout).not.toBe('2\n2\n');
    });

    test('Open MPI, of which only another version is here', () => {
      build(['mpicc.openmpi']);
      // As it was built under Open MPI 2.
      ask(['sed', '-i', 's/libmpi\\.so\\.40/libmpi.so.20/', module]);
      expect(findingsOf()).toMatchObject([
        {
          severity: 'warning',
          message: expect.stringContaining('needs libmpi.so.20, and Open MPI is here as libmpi.so.40'),
        },
      ]);
    });

    test('an MPI that it does not name fails when it is called', () => {
      const flags = ask(['mpicc.openmpi', '--showme:compile']).trim().split(/\s+/);
      build(['gcc', ...flags]);
      expect(findingsOf()).toMatchObject([
        { severity: 'warning', message: expect.stringContaining('tide 1.2 calls MPI and names no MPI library') },
      ]);
      const started = start('mpiexec.openmpi');
      expect(started.status).not.toBe(0);
      expect(started.stdout + started.stderr).toMatch(/undefined symbol: ompi_mpi_comm_world|undefined symbol: MPI_/);
    });
  },
);
