import { execFileSync, spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { ImageManifest } from '#schema';
import { stepRecordings } from '../recordings/step-draft.ts';
import { pharos } from './run.ts';
import { scratchFolder, writeSample } from './samples.ts';

// A real environment, packed and started: small, in a folder whose name holds a blank and a quote.

const cwd = join(scratchFolder('pack'), "it's a job");
const python = join(cwd, 'env/bin/python');
const destination = scratchFolder('node');

function write(path: string, text: string): string {
  mkdirSync(join(cwd, path, '..'), { recursive: true });
  writeFileSync(join(cwd, path), text);
  return join(cwd, path);
}

/** Name, kind, size, time and number of everything below a folder. */
function listTree(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => {
    const { mode, size, mtimeMs, ino } = lstatSync(join(folder, name));
    return [name, mode, size, mtimeMs, ino].join(' ');
  });
}

beforeAll(() => {
  execFileSync('python3', ['-m', 'venv', '--without-pip', join(cwd, 'env')]);
  const site = join('env/lib', readdirSync(join(cwd, 'env/lib'))[0] ?? '', 'site-packages');
  write(`${site}/tool/__init__.py`, 'from . import inner\n');
  write(`${site}/tool/inner.py`, 'from pathlib import Path\nWORD = Path(__file__).with_name("word.txt").read_text()\n');
  write(`${site}/tool/word.txt`, 'hello');
  write(`${site}/tool/seldom.py`, 'VALUE = 7\n');
  write(`${site}/tool-1.0.dist-info/METADATA`, 'Metadata-Version: 2.1\nName: tool\nVersion: 1.0\n');
  write(`${site}/tool-1.0.dist-info/RECORD`, 'tool/__init__.py,,\n');
  const script = write(
    'env/bin/tool',
    `#!/bin/sh\n'''exec' "${python}" "$0" "$@"\n' '''\nimport sys, tool\nprint(tool.inner.WORD, sys.argv[0])\n`,
  );
  chmodSync(script, 0o755);
  write(
    'project/app.py',
    `import sys, tool
from importlib.metadata import version
print(tool.inner.WORD, version("tool"), tool.__file__, sys.argv, __file__)
if len(sys.argv) > 1:
    import tool.seldom
    print(tool.seldom.VALUE)
`,
  );
});

const pack = (...args: string[]) => pharos(['pack', ...args], { cwd });

function launch(...command: string[]) {
  const args = ['--dest', destination, '--keep', ...command];
  const { status, stdout, stderr } = spawnSync(join(cwd, 'env.image/launch'), args, { cwd, encoding: 'utf8' });
  return { status, stdout: stdout.replaceAll(/\S*\/pharos-node-[^/]+\/pharos-\d+\/[0-9a-f]+/g, 'STAGE'), stderr };
}

const manifest = () => ImageManifest.parse(JSON.parse(readFileSync(join(cwd, 'env.image/manifest.json'), 'utf8')));

test('a command is recorded and packed, and starts from the image as it does without', () => {
  const { status, stdout, stderr } = pack('--to', 'env.image', '--', 'env/bin/python', 'project/app.py');
  expect({ status, stdout: stdout.startsWith('hello 1.0') }).toEqual({ status: 0, stdout: true });
  expect(stderr).toContain('dependencies');
  for (const line of stderr.slice(stderr.indexOf('env.image:')).split('\n'))
    expect(line.length).toBeLessThanOrEqual(80);
  const before = [...listTree(join(cwd, 'env')), ...listTree(join(cwd, 'project'))];
  const started = launch('env/bin/python', 'project/app.py');
  expect(started).toMatchObject({ status: 0, stderr: '' });
  expect(started.stdout).toMatch(
    /^hello 1\.0 \S*STAGE.*\/tool\/__init__\.py \['project\/app\.py'\] .*project\/app\.py\n$/,
  );
  expect([...listTree(join(cwd, 'env')), ...listTree(join(cwd, 'project'))]).toEqual(before);
});

test('a console script starts the Python beside it, by the name that it was called', () => {
  const { status, stdout } = launch('env/bin/tool');
  expect({ status, stdout }).toEqual({ status: 0, stdout: expect.stringMatching(/^hello .*STAGE.*env\/bin\/tool\n$/) });
});

test('what is not in the image works, and is packed when it was missed', () => {
  const seldom = /\/tool\/seldom\.py$/;
  expect(manifest().files.some(({ path }) => seldom.test(path))).toBe(false);
  expect(launch('env/bin/python', 'project/app.py', 'more').stdout).toContain('\n7\n');
  const path = join(cwd, 'env/lib', readdirSync(join(cwd, 'env/lib'))[0] ?? '', 'site-packages/tool/seldom.py');
  write('env.image/misses/node1', `${path}\n`);
  expect(pack('app.pharos', '--to', 'env.image', '--add-misses').status).toBe(0);
  expect(manifest().files.find((file) => seldom.test(file.path))?.because).toBe('missed');
});

test('after an edit only the user’s own layer is made anew', () => {
  const before = manifest();
  appendFileSync(join(cwd, 'project/app.py'), '# edited\n');
  const { status, stdout } = pack('app.pharos', '--to', 'env.image', '--add-misses');
  expect({ status, kept: stdout.match(/as it was/g)?.length }).toEqual({ status: 0, kept: before.layers.length - 1 });
  const layers = manifest().layers.filter(({ name }) => name !== 'user');
  expect(layers).toEqual(before.layers.filter(({ name }) => name !== 'user'));
  expect(launch('env/bin/python', 'project/app.py')).toMatchObject({ status: 0, stderr: '' });
  expect(readdirSync(join(cwd, 'env.image')).sort()).toEqual(['launch', 'manifest.json', 'misses']);
});

test('the same job twice is the same image', () => {
  expect(pack('app.pharos', '--to', 'env.image').status).toBe(0);
  expect(pack('app.pharos', '--to', 'again.image').status).toBe(0);
  const [one, two] = ['env.image', 'again.image'].map((image) => readFileSync(join(cwd, image, 'launch')));
  expect(one?.equals(two ?? Buffer.alloc(0))).toBe(true);
});

test('all of a package, or only what was traced', () => {
  const packed = (image: string) =>
    ImageManifest.parse(JSON.parse(readFileSync(join(cwd, image, 'manifest.json'), 'utf8'))).files.map(
      ({ path }) => path,
    );
  expect(pack('app.pharos', '--to', 'whole.image', '--whole', 'Tool').status).toBe(0);
  expect(packed('whole.image').some((path) => path.endsWith('/tool/seldom.py'))).toBe(true);
  expect(pack('app.pharos', '--to', 'traced.image', '--only-traced').status).toBe(0);
  expect(packed('traced.image').length).toBeLessThan(packed('whole.image').length);
  expect(pack('app.pharos', '--to', 'whole.image', '--whole', 'nothing')).toMatchObject({
    status: 2,
    stderr: expect.stringContaining('there is no package nothing'),
  });
});

test('bad input is told, and nothing is lost', () => {
  write('precious/notes.txt', 'mine');
  writeSample(join(cwd, 'step.pharos'), stepRecordings({ nodes: 1 })[0]);
  write('broken.pharos', 'no recording');
  const told = (...args: string[]) => {
    const { status, stderr } = pack(...args);
    return `${status} ${stderr}`;
  };
  expect(told('app.pharos')).toMatch(/^2 error: where the image is to be is missing/);
  expect(told('--to', 'x.image')).toMatch(/^2 error: there is no recording/);
  expect(told('app.pharos', '--to', 'precious')).toMatch(/^2 error: precious exists and is not an image/);
  expect(told('app.pharos', '--to', 'precious/notes.txt')).toMatch(/^2 error: .*is not a folder/);
  expect(told('app.pharos', '--to', 'precious/notes.txt/x')).toMatch(/^2 error: .*cannot be written/);
  expect(told('step.pharos', '--to', 'x.image')).toMatch(/^2 error: step\.pharos is of a job step/);
  expect(told('broken.pharos', '--to', 'x.image')).toMatch(/^2 error: broken\.pharos/);
  expect(existsSync(join(cwd, 'x.image'))).toBe(false);
  expect(readdirSync(join(cwd, 'precious'))).toEqual(['notes.txt']);
});
