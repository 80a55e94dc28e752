import { describe, expect, test } from 'vitest';
import { listMpiHere, readLinkage, tellMpiOutside } from '#environment';
import { readDraft } from '../../../test/recordings/draft-linker.ts';
import { draftElf, type ElfDraft } from '../../../test/recordings/elf-draft.ts';
import { type MemoryHost, memoryHost } from '../../../test/recordings/memory-host.ts';
import { examineEnvironment } from './examine-environment.ts';

// Synthetic: trees as their makers document them, of files drafted here. None of these systems was at hand.

const METADATA = (name: string, version: string) => `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`;

interface Placed {
  readonly machine: MemoryHost;
  readonly site: string;
}

function install({ machine, site }: Placed, name: string, version: string, files: Readonly<Record<string, ElfDraft>>) {
  const info = `${site}/${name}-${version}.dist-info`;
  machine.file(`${info}/METADATA`, METADATA(name, version));
  machine.file(
    `${info}/RECORD`,
    Object.keys(files)
      .map((path) => `${path},,\n`)
      .join(''),
  );
  for (const [path, draft] of Object.entries(files)) machine.file(`${site}/${path}`, draftElf(draft));
}

const venv = (): MemoryHost =>
  memoryHost()
    .file('/proj/env/pyvenv.cfg', 'home = /usr/bin\nversion = 3.12.3\n')
    .link('/proj/env/bin/python', '/usr/bin/python');

type Question = Parameters<typeof readDraft>[1];

async function examine(machine: MemoryHost, question: Question) {
  machine.file('/lib/libc.so.6', draftElf({ soname: 'libc.so.6' }));
  const { environment, linker } = await readDraft(machine, question);
  const linkage = await readLinkage(environment, linker);
  const outside = await tellMpiOutside(machine, linkage.outside);
  const mpi = await listMpiHere(machine, linker);
  const { categories } = examineEnvironment({ environment, linkage: { ...linkage, outside, mpi } }, new Map());
  const findings = categories
    .flatMap(({ verdicts }) => verdicts)
    .flatMap(({ audit, verdict }) =>
      verdict.kind === 'fail' ? verdict.findings.map((finding) => ({ ...finding, audit })) : [],
    );
  return { environment, linkage, findings };
}

describe('a view of Spack', () => {
  // https://spack.readthedocs.io/en/latest/environments.html#filesystem-views: a prefix of links into the store;
  // https://spack.readthedocs.io/en/latest/build_settings.html: RPATH is absolute.
  const STORE = '/apps/spack/opt/spack/linux-rhel8-zen3/gcc-12.2.0';
  const [h5py, hdf5, python] = ['py-h5py-3.11.0-6ypx', 'hdf5-1.14.3-w4kd', 'python-3.11.7-2zdf'].map(
    (name) => `${STORE}/${name}`,
  ) as [string, string, string];
  const SITE = 'lib/python3.11/site-packages';

  function view(): MemoryHost {
    const machine = memoryHost();
    const placed = { machine, site: `${h5py}/${SITE}` };
    install(placed, 'h5py', '3.11.0', {
      'h5py/defs.cpython-311-x86_64-linux-gnu.so': { needed: ['libhdf5.so.310', 'libc.so.6'], rpath: `${hdf5}/lib` },
    });
    machine.file(`${hdf5}/lib/libhdf5.so.310.3.0`, draftElf({ soname: 'libhdf5.so.310', needed: ['libc.so.6'] }));
    machine.link(`${hdf5}/lib/libhdf5.so.310`, 'libhdf5.so.310.3.0');
    machine.file(`${python}/bin/python3.11`, draftElf({}));
    const links = {
      ...{ 'bin/python3.11': python, 'bin/python3': python },
      [`${SITE}/h5py/defs.cpython-311-x86_64-linux-gnu.so`]: h5py,
      ...{ [`${SITE}/h5py-3.11.0.dist-info/METADATA`]: h5py, [`${SITE}/h5py-3.11.0.dist-info/RECORD`]: h5py },
      ...{ 'lib/libhdf5.so.310': hdf5, 'lib/libhdf5.so.310.3.0': hdf5 },
    };
    for (const [path, prefix] of Object.entries(links)) {
      const name = path === 'bin/python3' ? 'bin/python3.11' : path;
      machine.link(`/proj/view/${path}`, `${prefix}/${name}`);
    }
    return machine;
  }

  test('is read through its links, with nothing wrong', async () => {
    const { environment, linkage, findings } = await examine(view(), { place: '/proj/view' });
    expect(environment.distributions).toMatchObject([{ name: 'h5py', version: '3.11.0' }]);
    expect(linkage.objects).toMatchObject([
      { links: [{ name: 'libhdf5.so.310', rule: 'rpath', path: `${hdf5}/lib/libhdf5.so.310` }, {}] },
    ]);
    expect(findings).toEqual([]);
  });
});

describe('modules of EasyBuild', () => {
  // https://docs.easybuild.io/python-search-path/: modules put packages on PYTHONPATH, or on EBPYTHONPREFIXES.
  const BUNDLE = '/apps/easybuild/software/SciPy-bundle/2024.05-gfbf-2024a/lib/python3.12/site-packages';
  const CORE = 'numpy/_core/_multiarray_umath.cpython-312-x86_64-linux-gnu.so';

  test('before an environment: its own packages are hidden', async () => {
    const machine = venv();
    const flexiblas = '/apps/easybuild/software/FlexiBLAS/3.4.4-GCC-13.3.0/lib';
    machine.file(`${flexiblas}/libflexiblas.so.3`, draftElf({ soname: 'libflexiblas.so.3' }));
    install({ machine, site: BUNDLE }, 'numpy', '1.26.4', {
      [CORE]: { needed: ['libflexiblas.so.3', 'libc.so.6'], runpath: flexiblas },
    });
    const site = '/proj/env/lib/python3.12/site-packages';
    install({ machine, site }, 'numpy', '2.2.6', { [CORE]: { needed: ['libc.so.6'] } });
    const { findings } = await examine(machine, { place: '/proj/env', pythonPath: [BUNDLE] });
    expect(findings).toMatchObject([{ audit: 'hidden-distribution', severity: 'warning' }]);
    expect(findings[0]?.message).toMatch(/numpy 1\.26\.4 .*2\.2\.6/);
  });
});

describe('Cray PE', () => {
  // https://cpe.ext.hpe.com/docs/: /opt/cray/pe/lib64 has libraries by compiler; those of MPICH's names are in lib-abi-mpich.
  const CRAY = '/opt/cray/pe/mpich/8.1.29/ofi/gnu/12.3';
  const MPI = ['MPI_Init', 'MPIDI_CRAY_init', 'MPIR_Err_create_code'];

  function system(): MemoryHost {
    const machine = venv();
    const library = draftElf({ soname: 'libmpi_gnu_123.so.12', defined: MPI, needed: ['libc.so.6'] });
    machine.file(`${CRAY}/lib/libmpi_gnu_123.so.12.0.0`, library);
    machine.link('/opt/cray/pe/lib64/libmpi_gnu_123.so.12', `${CRAY}/lib/libmpi_gnu_123.so.12.0.0`);
    machine.file(
      `${CRAY}/lib-abi-mpich/libmpi.so.12.0.0`,
      draftElf({ soname: 'libmpi.so.12', defined: MPI, needed: ['libc.so.6'] }),
    );
    machine.link(`${CRAY}/lib-abi-mpich/libmpi.so.12`, 'libmpi.so.12.0.0');
    const site = '/proj/env/lib/python3.12/site-packages';
    install({ machine, site }, 'tide', '1.2', {
      'tide/_core.cpython-312-x86_64-linux-gnu.so': { needed: ['libmpi.so.12', 'libc.so.6'], symbols: ['MPI_Init'] },
    });
    return machine;
  }

  test('what was built for MPICH does not find it under its name', async () => {
    const { findings } = await examine(system(), { place: '/proj/env', libraryPath: '/opt/cray/pe/lib64' });
    expect(findings).toMatchObject([{ audit: 'unmet-mpi' }]);
    expect(`${findings[0]?.message} ${findings[0]?.fix}`).toContain('cray-mpich-abi');
  });

  test('with the module of its ABI it does', async () => {
    const libraryPath = `${CRAY}/lib-abi-mpich:/opt/cray/pe/lib64`;
    const { findings, linkage } = await examine(system(), { place: '/proj/env', libraryPath });
    expect(findings).toEqual([]);
    expect(linkage.objects).toMatchObject([{ links: [{ name: 'libmpi.so.12', rule: 'library-path' }, {}] }]);
  });
});
