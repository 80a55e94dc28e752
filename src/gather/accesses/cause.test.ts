import { describe, expect, test } from 'vitest';
import type { Cause, Operation } from '#schema';
import { pathText } from '#schema';
import { type RecordingDraft, recordingDraft } from '../../../test/recordings/recording-draft.ts';
import { accesses } from './accesses.ts';

// Sequences as CPython 3.11 makes them, taken from strace of real imports and shortened.

const STDLIB = '/usr/lib/python3.11';
const SITE = '/env/lib/python3.11/site-packages';
const SUFFIX = 'cpython-311-x86_64-linux-gnu.so';

type Step = readonly [Operation, path: string, error: string, Cause];

interface Job {
  readonly draft: RecordingDraft;
  readonly process: number;
}

function job(form: 'script' | 'shell' = 'script'): Job {
  const draft = recordingDraft();
  const process = draft.process({}, { interpreter: 0, site: 1000, main: 2000 });
  const entries = [
    ['/project', 'script'],
    ['/usr/lib/python311.zip', 'zip'],
    [STDLIB, 'stdlib'],
    [`${STDLIB}/lib-dynload`, 'dynload'],
    ['~/.local/lib/python3.11/site-packages', 'user'],
    [SITE, 'site'],
  ] as const;
  draft.fact('command', { form, program: 'python', argc: 1, ...(form === 'script' ? { script: 'heat.py' } : {}) });
  draft.fact('python', {
    process,
    version: '3.11.2',
    implementation: 'cpython',
    executable: draft.path('/env/bin/python'),
    prefix: draft.path('/env'),
    basePrefix: draft.path('/usr'),
    stdlib: draft.path(STDLIB),
    flags: {
      isolated: false,
      ignoreEnvironment: false,
      noSite: false,
      noUserSite: false,
      safePath: false,
      dontWriteBytecode: false,
    },
    pathEntries: entries.map(([path, origin]) => ({ path: draft.path(path), origin })),
    userSite: { enabled: true, path: draft.path('~/.local/lib/python3.11/site-packages') },
  });
  draft.at(3000);
  return { draft, process };
}

/** Makes the steps' operations for one import and expects the causes that the steps name. */
function expectCauses({ draft, process }: Job, importId: number, steps: readonly Step[]): void {
  for (const [operation, path, error] of steps) draft.operation(process, importId, operation, path, error);
  const made = accesses.gather([draft.recording()]);
  if (!made.ok) throw new Error(made.failure.message);
  const { paths, accesses: cells } = made.value;
  const found = cells.map((cell) => `${cell.operation} ${pathText(paths, cell.path)} ${cell.error} ${cell.cause}`);
  const wanted = steps.map(([operation, path, error, cause]) => `${operation} ${path} ${error} ${cause}`);
  expect([...new Set(found)]).toEqual([...new Set(wanted)]);
}

describe('an import', () => {
  test('of a top-level module passes the entries before its own', () => {
    const { draft, process } = job();
    const six = draft.import(process, 'six', { origin: `${SITE}/six.py` });
    expectCauses({ draft, process }, six, [
      ['stat', '/project', '', 'path-entry-probing'],
      ['opendir', '/project', '', 'path-entry-probing'],
      ['readdir', '/project', '', 'path-entry-probing'],
      ['close', '/project', '', 'path-entry-probing'],
      ['stat', STDLIB, '', 'path-entry-probing'],
      ['stat', `${STDLIB}/lib-dynload`, '', 'path-entry-probing'],
      ['stat', SITE, '', 'directory-recheck'],
      ['opendir', SITE, '', 'directory-recheck'],
      ['fstat', SITE, '', 'directory-recheck'],
      ['readdir', SITE, '', 'directory-recheck'],
      ['close', SITE, '', 'directory-recheck'],
      ['stat', `${SITE}/six.py`, '', 'source-stat'],
      ['open', `${SITE}/__pycache__/six.cpython-311.pyc`, '', 'bytecode-read'],
      ['fstat', `${SITE}/__pycache__/six.cpython-311.pyc`, '', 'bytecode-read'],
      ['read', `${SITE}/__pycache__/six.cpython-311.pyc`, '', 'bytecode-read'],
      ['close', `${SITE}/__pycache__/six.cpython-311.pyc`, '', 'bytecode-read'],
    ]);
  });

  test('of a package tries the suffixes of extensions first', () => {
    const { draft, process } = job();
    const numpy = draft.import(process, 'numpy', { origin: `${SITE}/numpy/__init__.py` });
    expectCauses({ draft, process }, numpy, [
      ['stat', SITE, '', 'directory-recheck'],
      ['stat', `${SITE}/numpy/__init__.${SUFFIX}`, 'ENOENT', 'suffix-probing'],
      ['stat', `${SITE}/numpy/__init__.abi3.so`, 'ENOENT', 'suffix-probing'],
      ['stat', `${SITE}/numpy/__init__.so`, 'ENOENT', 'suffix-probing'],
      ['stat', `${SITE}/numpy/__init__.py`, '', 'source-stat'],
      ['open', `${SITE}/numpy/__pycache__/__init__.cpython-311.pyc`, '', 'bytecode-read'],
    ]);
  });

  test('of a submodule looks into its package only', () => {
    const { draft, process } = job();
    const linalg = draft.import(process, 'numpy.version', { origin: `${SITE}/numpy/version.py`, level: 'nested' });
    expectCauses({ draft, process }, linalg, [
      ['stat', `${SITE}/numpy`, '', 'directory-recheck'],
      ['opendir', `${SITE}/numpy`, '', 'directory-recheck'],
      ['stat', `${SITE}/numpy/version.py`, '', 'source-stat'],
    ]);
  });

  test('of a submodule that is missing looks there too', () => {
    const { draft, process } = job();
    const missing = draft.import(process, 'numpy._distributor', { outcome: 'missing', level: 'nested' });
    expectCauses({ draft, process }, missing, [['stat', `${SITE}/numpy`, '', 'directory-recheck']]);
  });

  test('of a top-level module that is missing passes every entry', () => {
    const { draft, process } = job();
    const missing = draft.import(process, 'cupy', { outcome: 'missing' });
    expectCauses({ draft, process }, missing, [
      ['stat', '/project', '', 'path-entry-probing'],
      ['stat', '/usr/lib/python311.zip', 'ENOENT', 'path-entry-probing'],
      ['stat', SITE, '', 'path-entry-probing'],
    ]);
  });

  test('that ends in a frozen module looked for it before', () => {
    const { draft, process } = job();
    const abc = draft.import(process, 'collections.abc', { loader: 'frozen' });
    expectCauses({ draft, process }, abc, [
      ['stat', `${STDLIB}/collections`, '', 'directory-recheck'],
      ['opendir', `${STDLIB}/collections`, '', 'directory-recheck'],
    ]);
  });

  test('of a namespace package finds its folder after all entries', () => {
    const { draft, process } = job();
    const google = draft.import(process, 'google', { loader: 'namespace' });
    expectCauses({ draft, process }, google, [
      ['stat', SITE, '', 'path-entry-probing'],
      ['stat', `${SITE}/google/__init__.py`, 'ENOENT', 'suffix-probing'],
      ['stat', `${SITE}/google`, '', 'directory-recheck'],
    ]);
  });

  test('of an extension searches its libraries', () => {
    const { draft, process } = job();
    const origin = `${SITE}/numpy/core/_multiarray_umath.${SUFFIX}`;
    const id = draft.import(process, 'numpy.core._multiarray_umath', { origin, loader: 'extension' });
    const libs = `${SITE}/numpy.libs`;
    expectCauses({ draft, process }, id, [
      ['stat', `${SITE}/numpy/core`, '', 'directory-recheck'],
      ['stat', origin, '', 'extension-load'],
      ['open', origin, '', 'extension-load'],
      ['read', origin, '', 'extension-load'],
      ['map', origin, '', 'extension-load'],
      ['open', '/opt/lib/glibc-hwcaps/x86-64-v3/libopenblas.so.0', 'ENOENT', 'library-search'],
      ['stat', '/opt/lib/glibc-hwcaps/x86-64-v3', 'ENOENT', 'library-search'],
      ['open', '/opt/lib/libopenblas.so.0', 'ENOENT', 'library-search'],
      ['stat', '/opt/lib', '', 'library-search'],
      ['open', `${libs}/libopenblas.so.0`, '', 'extension-load'],
      ['map', `${libs}/libopenblas.so.0`, '', 'extension-load'],
      ['open', '/etc/ld.so.cache', '', 'library-search'],
      ['close', origin, '', 'extension-load'],
    ]);
  });

  test('without bytecode reads the source and writes it', () => {
    const { draft, process } = job();
    const tools = draft.import(process, 'tools', { origin: '/project/tools.py' });
    const cache = '/project/__pycache__';
    expectCauses({ draft, process }, tools, [
      ['stat', '/project', '', 'directory-recheck'],
      ['stat', '/project/tools.py', '', 'source-stat'],
      ['open', `${cache}/tools.cpython-311.pyc`, 'ENOENT', 'bytecode-read'],
      ['open', '/project/tools.py', '', 'source-read'],
      ['read', '/project/tools.py', '', 'source-read'],
      ['close', '/project/tools.py', '', 'source-read'],
      ['stat', cache, 'ENOENT', 'bytecode-write'],
      ['mkdir', cache, '', 'bytecode-write'],
      ['create', `${cache}/tools.cpython-311.pyc.140213`, '', 'bytecode-write'],
      ['write', `${cache}/tools.cpython-311.pyc.140213`, '', 'bytecode-write'],
      ['rename', `${cache}/tools.cpython-311.pyc.140213`, '', 'bytecode-write'],
    ]);
  });

  test('with stale bytecode reads the source after it', () => {
    const { draft, process } = job();
    const tools = draft.import(process, 'tools', { origin: '/project/tools.py' });
    expectCauses({ draft, process }, tools, [
      ['stat', '/project/tools.py', '', 'source-stat'],
      ['open', '/project/__pycache__/tools.cpython-311.pyc', '', 'bytecode-read'],
      ['read', '/project/__pycache__/tools.cpython-311.pyc', '', 'bytecode-read'],
      ['open', '/project/tools.py', '', 'source-read'],
      ['read', '/project/tools.py', '', 'source-read'],
      ['close', '/project/tools.py', '', 'source-read'],
    ]);
  });

  test('that shows its own lines reads the source as data', () => {
    const { draft, process } = job();
    const core = draft.import(process, 'tools', { origin: '/project/tools.py' });
    expectCauses({ draft, process }, core, [
      ['open', '/project/__pycache__/tools.cpython-311.pyc', '', 'bytecode-read'],
      ['close', '/project/__pycache__/tools.cpython-311.pyc', '', 'bytecode-read'],
      ['stat', '/project/tools.py', '', 'source-stat'],
      ['open', '/project/tools.py', '', 'data-file'],
      ['read', '/project/tools.py', '', 'data-file'],
    ]);
  });

  test('that does so without being seen to read them, too', () => {
    const { draft, process } = job();
    const core = draft.import(process, 'tools', { origin: '/project/tools.py' });
    expectCauses({ draft, process }, core, [
      ['open', '/project/__pycache__/tools.cpython-311.pyc', '', 'bytecode-read'],
      ['open', '/project/tools.py', '', 'data-file'],
      ['open', '/project/tools.json', '', 'data-file'],
    ]);
  });

  test('from a zip file reads that file', () => {
    const { draft, process } = job();
    const bundled = draft.import(process, 'bundled', { origin: '/project/app.zip/bundled.py', loader: 'zip' });
    expectCauses({ draft, process }, bundled, [
      ['stat', '/project/app.zip', '', 'directory-recheck'],
      ['open', '/project/app.zip', '', 'bytecode-read'],
      ['read', '/project/app.zip', '', 'bytecode-read'],
    ]);
  });
});

describe('the code of a module', () => {
  function executing(): Job & { id: number } {
    const { draft, process } = job();
    const id = draft.import(process, 'plugins', { origin: `${SITE}/plugins.py` });
    draft.operation(process, id, 'open', `${SITE}/__pycache__/plugins.cpython-311.pyc`);
    return { draft, process, id };
  }
  const loaded: Step = ['open', `${SITE}/__pycache__/plugins.cpython-311.pyc`, '', 'bytecode-read'];

  test.for<Step>([
    ['opendir', SITE, '', 'metadata-scan'],
    ['fstat', SITE, '', 'data-file'],
    ['stat', `${SITE}/numpy-2.0.dist-info`, '', 'metadata-scan'],
    ['open', `${SITE}/numpy-2.0.dist-info/METADATA`, '', 'metadata-scan'],
    ['open', `${SITE}/old.egg-info/entry_points.txt`, 'ENOENT', 'metadata-scan'],
    ['open', `${SITE}/plugins/data.json`, '', 'data-file'],
    ['stat', '/project/input.nc', 'ENOENT', 'data-file'],
    ['create', '~/.cache/fonts.json', '', 'data-file'],
    ['open', `${SITE}/numpy/version.py`, '', 'data-file'],
    ['opendir', `${SITE}/plugins`, '', 'other'],
    ['open', '/proc/cpuinfo', '', 'other'],
    ['open', '/sys/devices/system/cpu/online', '', 'other'],
    ['chdir', '/project', '', 'other'],
    ['stat', '/env', '', 'other'],
    ['readlink', '/env/bin/python', '', 'other'],
    ['stat', SITE, '', 'path-entry-probing'],
    ['open', '/usr/lib/libhwloc.so.15', '', 'extension-load'],
    ['open', '/opt/libhwloc.so.15', 'ENOENT', 'library-search'],
    ['exec', '/bin/true', '', 'spawn'],
  ])('%j', (step) => {
    const { id, ...rest } = executing();
    expectCauses(rest, id, [loaded, step]);
  });
});

describe('a look at the entries of the path by the code of a module', () => {
  test('is for metadata when metadata is what it opens then', () => {
    const { draft, process } = job();
    expectCauses({ draft, process }, 0, [
      ['stat', '/project', '', 'metadata-scan'],
      ['stat', SITE, '', 'metadata-scan'],
      ['open', `${SITE}/numpy-2.0.dist-info/METADATA`, '', 'metadata-scan'],
    ]);
  });

  test('is for a module when a module is what it finds', () => {
    const { draft, process } = job();
    expectCauses({ draft, process }, 0, [
      ['stat', '/project', '', 'path-entry-probing'],
      ['stat', SITE, '', 'path-entry-probing'],
      ['stat', `${SITE}/numpy/__init__.py`, '', 'source-stat'],
    ]);
  });
});

describe('before the first line of the script', () => {
  test.for<Step>([
    ['exec', '/env/bin/python', '', 'interpreter'],
    ['open', '/lib/libc.so.6', '', 'interpreter'],
    ['open', '/opt/lib/libc.so.6', 'ENOENT', 'library-search'],
    ['stat', '/env/pyvenv.cfg', '', 'interpreter'],
    ['stat', `${STDLIB}/os.py`, '', 'interpreter'],
    ['stat', `/env/bin/lib/python3.11/os.pyc`, 'ENOENT', 'interpreter'],
    ['stat', `${STDLIB}/codecs.py`, '', 'source-stat'],
    ['stat', STDLIB, '', 'interpreter'],
    ['opendir', STDLIB, '', 'interpreter'],
    ['stat', '/project', '', 'path-entry-probing'],
    ['opendir', '/project', '', 'path-entry-probing'],
    ['stat', `${STDLIB}/lib-dynload`, '', 'interpreter'],
    ['open', `${STDLIB}/encodings/__pycache__/__init__.cpython-311.pyc`, '', 'bytecode-read'],
    ['opendir', SITE, '', 'pth'],
    ['open', `${SITE}/distutils-precedence.pth`, '', 'pth'],
    ['stat', '~/.local/lib/python3.11/site-packages', 'ENOENT', 'user-site'],
    ['open', '/project/heat.py', '', 'interpreter'],
    ['read', '/project/heat.py', '', 'interpreter'],
    ['open', `${STDLIB}/sitecustomize.py`, '', 'source-read'],
  ])('%j', (step) => {
    const { draft, process } = job();
    draft.at(1500);
    expectCauses({ draft, process }, 0, [step]);
  });
});

test('a script that a shell started is told by its folder', () => {
  expectCauses(job('shell'), 0, [
    ['open', '/project/other.py', '', 'interpreter'],
    ['open', `${SITE}/numpy/version.py`, '', 'data-file'],
  ]);
});

test('the script itself is read by the interpreter, its data by the script', () => {
  expectCauses(job(), 0, [
    ['open', '/project/heat.py', '', 'interpreter'],
    ['open', '/project/input.nc', '', 'data-file'],
    ['exec', '/bin/true', '', 'spawn'],
  ]);
});
