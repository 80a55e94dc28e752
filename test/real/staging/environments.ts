import { cpSync, globSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemPython } from '../examples.ts';
import { madeOnce } from '../made-once.ts';
import { ask, root } from '../run.ts';

// Environments as users have them, below build/staging/, which stands for shared storage. Each is made once, where it stays.

const NUMPY = 'numpy==2.2.6';
/** As long as Spack's, of its letters. */
const HASH = 'k7r2vq5xw3mznb6tjdyh4pcasgfouien';
const here = import.meta.dirname;
const place = join(root, 'build/staging');

const made = madeOnce(here, '{environments.ts,distributions/**/*.*,libraries/*}', place);

const install = (python: string, ...what: readonly string[]) =>
  ask([python, '-m', 'pip', 'install', '--quiet', '--no-compile', '--disable-pip-version-check', ...what], {
    seconds: 900,
  });

/** Bytecode is there, as after a first run of everything: no start writes any. */
const compile = (python: string, folder: string) => ask([python, '-m', 'compileall', '-q', folder], { seconds: 300 });

function makeVenv(python: string, folder: string, ...packages: readonly string[]) {
  ask([python, '-m', 'venv', folder]);
  install(join(folder, 'bin/python'), '--only-binary', ':all:', ...packages);
  compile(join(folder, 'bin/python'), join(folder, 'lib'));
}

/** The job scripts, in a folder of the user's own. */
export function project(): string {
  const folder = join(place, 'project');
  cpSync(join(here, 'jobs'), folder, { recursive: true, preserveTimestamps: true });
  return folder;
}

export const venv = (): string => made('venv', (folder) => makeVenv(systemPython, folder, NUMPY));

/**
 * A CPython that can be anywhere: Debian's program and standard library under a prefix of their own, which it finds beside
 * itself. No package holds a relocatable one.
 */
function copyPython(prefix: string): string {
  const program = realpathSync(systemPython);
  const name = program.split('/').at(-1) ?? '';
  mkdirSync(join(prefix, 'bin'), { recursive: true });
  mkdirSync(join(prefix, 'lib'));
  ask(['cp', '-p', program, join(prefix, 'bin', name)]);
  ask(['ln', '-s', name, join(prefix, 'bin/python3')]);
  ask(['ln', '-s', 'python3', join(prefix, 'bin/python')]);
  // Debian keeps configuration and sites outside: links that lead there come as what they lead to.
  ask(['cp', '-rpL', join('/usr/lib', name), join(prefix, 'lib', name)]);
  for (const unused of ['test', 'idlelib', 'lib2to3', 'config-*']) {
    for (const folder of globSync(join(prefix, 'lib', name, unused))) rmSync(folder, { recursive: true });
  }
  return join(prefix, 'bin/python3');
}

export const sharedPython = (): string => made('python', copyPython);

export const sharedVenv = (): string =>
  made('shared-venv', (folder) => makeVenv(join(sharedPython(), 'bin/python3'), folder, NUMPY));

/** Made by uv, with files that are hard links into its cache. */
export const uvEnvironment = (): string =>
  made('uv', (folder) => {
    const tool = join(folder, 'tool');
    ask([systemPython, '-m', 'venv', tool]);
    install(join(tool, 'bin/python'), '--only-binary', ':all:', 'uv==0.9.11');
    const [uv, env] = [join(tool, 'bin/uv'), { UV_CACHE_DIR: join(folder, 'cache'), UV_PYTHON_DOWNLOADS: 'never' }];
    ask([uv, 'venv', '--quiet', '--python', systemPython, join(folder, 'env')], { env });
    const python = join(folder, 'env/bin/python');
    ask([uv, 'pip', 'install', '--quiet', '--python', python, NUMPY], { env, seconds: 300 });
    compile(python, join(folder, 'env/lib'));
    for (const rest of [tool, join(folder, 'cache')]) rmSync(rest, { recursive: true });
  });

/** PyPI's torch as it is installed by its name, with all libraries for GPUs: about 5 GB. */
export const torch = (): string =>
  made('torch', (folder) => {
    ask([systemPython, '-m', 'venv', folder]);
    install(join(folder, 'bin/python'), '--only-binary', ':all:', 'torch', 'numpy');
  });

/** Console scripts, plugins, a namespace package of two distributions, one that is installed as editable. */
export const distributions = (): string =>
  made('distributions', (folder) => {
    const sources = join(folder, 'sources');
    cpSync(join(here, 'distributions'), sources, { recursive: true });
    makeVenv(systemPython, join(folder, 'env'), NUMPY, 'setuptools==75.8.0', 'wheel==0.45.1');
    const python = join(folder, 'env/bin/python');
    const local = ['--no-build-isolation', '--no-deps'];
    install(python, ...local, ...['weather', 'sun', 'rain'].map((name) => join(sources, name)));
    install(python, ...local, '--editable', join(sources, 'wind'));
    compile(python, join(folder, 'env/lib'));
    compile(python, join(sources, 'wind'));
  });

export interface Layers {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

const shared = (output: string, source: string, ...options: readonly string[]) =>
  ask(['gcc', '-O0', '-fPIC', '-shared', '-o', output, join(here, 'libraries', source), ...options]);

/** What `module load` gives: Python packages by PYTHONPATH, a library by LD_LIBRARY_PATH; the Python is the system's. */
export function layers(): Layers {
  const folder = made('layers', (at) => {
    install(systemPython, '--only-binary', ':all:', '--target', join(at, 'numpy/lib/python'), NUMPY);
    mkdirSync(join(at, 'gauge/lib/python'), { recursive: true });
    writeFileSync(join(at, 'gauge/lib/python/gauge.py'), 'def read():\n    return "gauge"\n');
    mkdirSync(join(at, 'pressure/lib'), { recursive: true });
    shared(join(at, 'pressure/lib/libpressure.so.2'), 'pressure.c', '-Wl,-soname,libpressure.so.2');
    compile(systemPython, at);
  });
  const [numpy, gauge] = [join(folder, 'numpy/lib/python'), join(folder, 'gauge/lib/python')];
  return { folder, env: { PYTHONPATH: `${gauge}:${numpy}`, LD_LIBRARY_PATH: join(folder, 'pressure/lib') } };
}

/** As Spack installs: a folder for each library, an absolute DT_RPATH in each that leads to the one below. */
export function spackTree(): Layers {
  const folder = made('opt/spack/linux-debian12-x86_64_v3/gcc-12.2.0', (at) => {
    const headers = ask([systemPython, '-c', 'import sysconfig; print(sysconfig.get_paths()["include"])']).trim();
    const rpath = (to: string) => ['-Wl,--disable-new-dtags', `-Wl,-rpath,${to}`, `-L${to}`];
    let below: string[] = [];
    for (const [index, name] of ['first', 'second', 'third'].entries()) {
      const lib = join(at, `${name}-1.${index}-${HASH}`, 'lib');
      mkdirSync(lib, { recursive: true });
      shared(join(lib, `lib${name}.so`), 'depth.c', `-DNAME=${name}`, `-Wl,-soname,lib${name}.so`, ...below);
      below = [`-DBELOW=${name}`, ...rpath(lib), `-l${name}`];
    }
    const site = join(at, `py-chain-0.1-${HASH}`, 'lib/python/site-packages');
    mkdirSync(site, { recursive: true });
    shared(join(site, 'chain.so'), 'chain.c', `-I${headers}`, ...below.slice(1));
  });
  const [site = ''] = globSync(join(folder, 'py-chain-*/lib/python/site-packages'));
  return { folder, env: { PYTHONPATH: site } };
}

/** As `spack env` shows it: one prefix of links to the libraries of several. */
export function spackView(): Layers {
  const tree = spackTree();
  const folder = join(place, 'opt/spack');
  const view = made('opt/spack/environments/chain/view', (at) => {
    const [site, lib] = [join(at, 'lib/python/site-packages'), join(at, 'lib')];
    mkdirSync(site, { recursive: true });
    for (const file of globSync('*/lib/*.so', { cwd: tree.folder })) ask(['ln', '-s', join(tree.folder, file), lib]);
    ask(['ln', '-s', join(tree.env.PYTHONPATH ?? '', 'chain.so'), site]);
  });
  return { folder, env: { PYTHONPATH: join(view, 'lib/python/site-packages') } };
}

/** A prefix as conda's installer leaves it, made from a copied CPython: conda-meta, and its own path in texts and a binary. */
export const condaPrefix = (): string =>
  made('conda', (prefix) => {
    const python = copyPython(prefix);
    mkdirSync(join(prefix, 'conda-meta'));
    mkdirSync(join(prefix, 'share'));
    const [site = ''] = globSync(join(prefix, 'lib/python3.*'));
    install(systemPython, '--only-binary', ':all:', '--target', join(site, 'dist-packages'), NUMPY);
    for (const file of globSync(join(site, '_sysconfigdata__*.py'))) ask(['sed', '-i', `s|/usr|${prefix}|g`, file]);
    writeFileSync(join(prefix, 'share/tides.txt'), 'high at noon');
    shared(join(prefix, 'lib/libtides.so'), 'tides.c', `-DPREFIX="${prefix}"`);
    const script = `#!${python}\nimport numpy, sys\nprint("tides", numpy.ones(2).sum(), sys.argv[1:])\n`;
    writeFileSync(join(prefix, 'bin/tides'), script, { mode: 0o755 });
    writeFileSync(join(prefix, 'conda-meta/history'), '==> 2026-01-01 00:00:00 <==\n+defaults::tides-1.0-0\n');
    const placeholder = `/opt/${'placehold_'.repeat(25)}`.slice(0, 255);
    const texts = ['bin/tides', ...globSync('lib/python3.*/_sysconfigdata__*.py', { cwd: prefix })];
    const paths = [...texts, 'lib/libtides.so', 'share/tides.txt'].map((path) => ({
      _path: path,
      path_type: 'hardlink',
      ...(path === 'share/tides.txt'
        ? {}
        : { prefix_placeholder: placeholder, file_mode: path.endsWith('.so') ? 'binary' : 'text' }),
    }));
    const record = {
      name: 'tides',
      version: '1.0',
      build: '0',
      build_number: 0,
      files: paths.map(({ _path }) => _path),
    };
    const tides = { ...record, paths_data: { paths_version: 1, paths } };
    writeFileSync(join(prefix, 'conda-meta/tides-1.0-0.json'), JSON.stringify(tides, null, 2));
    compile(python, join(prefix, 'lib'));
  });
