import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { ImageManifest, type Verification } from '#schema';
import { pharos } from './run.ts';
import { scratchFolder } from './samples.ts';

// Real libraries, made as large as those of GPU packages by a hole behind what their headers tell of: little is mapped of
// them, so that on any node count and file system it costs less to read that than to bring all of it to each node.

const isMade = spawnSync('gcc', ['--version']).status === 0;
const isTraced = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;
if (!isMade || !isTraced)
  console.warn('skipped: very large libraries: this machine has no gcc, or strace may not trace');

const cwd = scratchFolder('large-library');
const nodes = scratchFolder('large-library-node');
const image = join(cwd, 'env.image');
const python = join(cwd, 'env/bin/python');
const LARGE_BYTES = 120e6;

/** `beside` needs its neighbour by `$ORIGIN`, `fixed` by an absolute path, which a staged copy would not keep. */
function makeLibraries(folder: string): void {
  for (const name of ['beside', 'fixed', 'near']) mkdirSync(join(folder, name), { recursive: true });
  const compile = (name: string, code: string, ...flags: string[]) =>
    execFileSync('gcc', ['-shared', '-fPIC', '-o', join(folder, name, `lib${name}.so`), '-xc', '-', ...flags], {
      input: code,
    });
  const near = ['-xnone', join(folder, 'near/libnear.so')];
  compile('near', 'int near(void) { return 40; }', '-Wl,-soname,libnear.so');
  compile('beside', 'int near(void); int beside(void) { return near() + 2; }', ...near, '-Wl,-rpath,$ORIGIN/../near');
  compile(
    'fixed',
    'int near(void); int fixed(void) { return near() + 3; }',
    ...near,
    `-Wl,-rpath,${folder}/near`,
    '-Wl,--disable-new-dtags',
  );
  for (const name of ['beside', 'fixed']) truncateSync(join(folder, name, `lib${name}.so`), LARGE_BYTES);
}

const SITE = () => join(cwd, 'env/lib', readdirSync(join(cwd, 'env/lib'))[0] ?? '', 'site-packages');

const manifest = (): ImageManifest =>
  ImageManifest.parse(JSON.parse(readFileSync(join(image, 'manifest.json'), 'utf8')));

const packed = () => manifest().files.filter(({ path }) => /\/lib(beside|fixed|near)\.so$/.test(path));

/** Libraries of a start from the image, by name: in the stage, or where they always were. */
function placesFromImage(): Record<string, string> {
  const args = ['--dest', nodes, '--keep', python, 'app.py', 'where'];
  const { status, stdout, stderr } = spawnSync(join(image, 'launch'), args, { cwd, encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
  const places = JSON.parse(stdout) as string[];
  return Object.fromEntries(
    places.map((path) => [path.slice(path.lastIndexOf('/') + 1), path.startsWith(nodes) ? 'stage' : 'original']),
  );
}

beforeAll(() => {
  if (!isMade) return;
  execFileSync('python3', ['-m', 'venv', '--without-pip', join(cwd, 'env')]);
  const folder = join(SITE(), 'large');
  makeLibraries(folder);
  const load = (name: string) => `ctypes.CDLL(os.path.join(os.path.dirname(__file__), '${name}/lib${name}.so'))`;
  const code = `import ctypes, os\nbeside = ${load('beside')}.beside()\nfixed = ${load('fixed')}.fixed()\n`;
  writeFileSync(join(folder, '__init__.py'), code);
  writeFileSync(
    join(cwd, 'app.py'),
    `import json, sys
import large
if len(sys.argv) == 1: print(large.beside, large.fixed)
else:
    with open('/proc/self/maps') as maps: paths = {line.split()[-1] for line in maps if '/large/' in line}
    print(json.dumps(sorted(paths)))
`,
  );
});

describe.skipIf(!isMade || !isTraced)('very large libraries', () => {
  test('one that costs less where it is is left there, and named with both costs', () => {
    const { status, stderr } = pharos(['pack', '--to', image, '--', python, 'app.py'], { cwd });
    expect(status).toBe(0);
    expect(manifest().left?.map(({ path, bytes }) => [path, bytes])).toEqual([
      [join(SITE(), 'large/beside/libbeside.so'), LARGE_BYTES],
    ]);
    const text = stderr.replaceAll(/\s+/g, ' ');
    expect(text).toMatch(/Left where they are: on 64 nodes .*\/libbeside\.so packed [\d.]+ m?s \(.*read [\d.]+ m?s \(/);
    expect(text).toContain('modelled');
    // What packing changes cannot be a link: its search path would lead into the original.
    expect(packed().map(({ path, made }) => [path.slice(path.lastIndexOf('/') + 1), made])).toEqual([
      ['libfixed.so', 'search-path'],
      ['libnear.so', undefined],
    ]);
  });

  test('it finds its neighbour in the stage, and is no miss', () => {
    expect(placesFromImage()).toEqual({ 'libbeside.so': 'original', 'libfixed.so': 'stage', 'libnear.so': 'stage' });
    expect(existsSync(join(image, 'misses'))).toBe(false);
    spawnSync(join(image, 'launch'), ['--dest', nodes, '--clean-here'], { cwd });
  });

  test('verifying shows its calls apart, and is green', () => {
    const { status, stdout } = pharos(['verify', '--as', 'json', image, '--', python, 'app.py'], { cwd });
    const { green, calls, checks } = JSON.parse(stdout) as Verification;
    expect([status, green]).toEqual([0, true]);
    expect(calls.filter(({ where }) => where === 'left').map(({ path }) => path)).toEqual([
      join(SITE(), 'large/beside/libbeside.so'),
    ]);
    expect(calls.filter(({ where }) => where === 'staged')).toEqual([]);
    expect(checks.find(({ id }) => id === 'left-calls')).toMatchObject({ outcome: 'same' });
  });

  test('a job script is written with a word on it', () => {
    const { stdout, stderr } = pharos(['launch', '--for', 'slurm', image], { cwd });
    expect(stdout).toContain('env.image/launch');
    expect(stderr).toMatch(/^left out of the image for their cost: 1 very large library \(120 MB\); each node reads/);
  });

  test('--whole packs it', () => {
    expect(pharos(['pack', '--to', image, '--whole', 'large', 'app.pharos'], { cwd })).toMatchObject({ status: 0 });
    expect(manifest().left).toBeUndefined();
    expect(placesFromImage()).toEqual({ 'libbeside.so': 'stage', 'libfixed.so': 'stage', 'libnear.so': 'stage' });
    spawnSync(join(image, 'launch'), ['--dest', nodes, '--clean-here'], { cwd });
  });
});
