import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { VERSION } from '#base';
import { pharos, root } from './run.ts';

// A clone sets itself up. The registry is not asked here: npm is a script that links the packages which are there.
// `.ci/run` does it with the real npm, on a fresh clone.

// Beside the packages: hard links stay on one file system.
const scratch = mkdtempSync(join(root, 'dist', 'set-up-'));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

let clone = '';
let tools = '';
const log = () => join(clone, 'npm.log');

/** A stand-in for npm: `before` runs in the shell between the first half of the packages and the second. */
function writeNpm(before = ''): void {
  writeFileSync(
    join(tools, 'npm'),
    `#!/bin/sh
echo "$*" >>npm.log
mkdir -p node_modules
[ -e node_modules/esbuild ] || mkdir node_modules/esbuild
${before}
rm -rf node_modules/esbuild
cp -al '${join(root, 'node_modules')}/.' node_modules/
`,
  );
  chmodSync(join(tools, 'npm'), 0o755);
}

const environment = (): NodeJS.ProcessEnv => ({ ...process.env, PATH: `${tools}${delimiter}${process.env.PATH}` });
const run = (...args: string[]) => pharos(args, { cwd: scratch, program: join(clone, 'pharos'), env: environment() });
const installs = () => (existsSync(log()) ? readFileSync(log(), 'utf8').trim().split('\n').length : 0);

beforeEach(() => {
  clone = mkdtempSync(join(scratch, 'a clone '));
  tools = join(clone, 'tools');
  mkdirSync(tools);
  writeNpm();
  for (const name of [
    'pharos',
    'package.json',
    'package-lock.json',
    'scripts',
    'src',
    'knowledge',
    'launch',
    'python',
  ]) {
    cpSync(join(root, name), join(clone, name), { recursive: true });
  }
});

test('the first call sets up, in a folder with spaces, through a link; the second does nothing', () => {
  symlinkSync(join(clone, 'pharos'), join(tools, 'linked'));
  const first = pharos(['--version'], { cwd: scratch, program: join(tools, 'linked'), env: environment() });
  expect(first).toMatchObject({ status: 0, stdout: `${VERSION}\n` });
  expect(first.stderr).toContain('pharos set-up: installing');
  expect(run('--version')).toEqual({ status: 0, stdout: `${VERSION}\n`, stderr: '' });
  expect(installs()).toBe(1);
});

test('two first calls at once do one set-up', async () => {
  writeNpm('sleep 1');
  const start = () => spawn(join(clone, 'pharos'), ['--version'], { cwd: scratch, env: environment() });
  const ended = (child: ChildProcess) => new Promise((resolve) => child.on('close', resolve));
  expect(await Promise.all([start(), start(), start()].map(ended))).toEqual([0, 0, 0]);
  expect(installs()).toBe(1);
});

test('an interrupted set-up is done again from the beginning', () => {
  writeNpm('kill -KILL $PPID; exit 1');
  expect(run('--version').status).toBe(2);
  expect(existsSync(join(clone, 'dist/ready'))).toBe(false);
  writeFileSync(join(clone, 'node_modules/half'), '');
  writeNpm();
  expect(run('--version')).toMatchObject({ status: 0, stdout: `${VERSION}\n` });
  expect(existsSync(join(clone, 'node_modules/half'))).toBe(false);
});

test('a registry that cannot be reached is said in one line and a hint', () => {
  writeFileSync(join(tools, 'npm'), '#!/bin/sh\nexit 1\n');
  const { status, stdout, stderr } = run('--version');
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain('error: npm install did not succeed\nhint: ');
});

test.for(['npm', 'python3', 'node'])('without %s set-up says what is missing', (missing) => {
  const few = join(clone, 'few');
  mkdirSync(few);
  for (const tool of ['sh', 'dirname', 'mkdir', 'cat', 'cksum', 'flock', 'rm', 'node', 'npm', 'python3']) {
    const found = spawnSync('sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).stdout.trim();
    if (tool !== missing) symlinkSync(found, join(few, tool));
  }
  const { status, stderr } = pharos(['--version'], { program: join(clone, 'pharos'), env: { PATH: few } });
  expect(status).toBe(2);
  expect(stderr).toMatch(new RegExp(`^error: ${missing} is missing\nhint: .*apt-get install`));
});

test('after a pull the next call builds again, and does not install again', () => {
  expect(run('--version').status).toBe(0);
  mkdirSync(join(clone, '.git/logs'), { recursive: true });
  writeFileSync(join(clone, '.git/logs/HEAD'), '');
  const past = new Date(Date.now() - 60_000);
  utimesSync(join(clone, 'dist/ready'), past, past);
  expect(run('--version').stderr).toBe('pharos set-up: building\n');
  expect(run('--version').stderr).toBe('');
  expect(installs()).toBe(1);
});

test('the folder that the user is in is left alone', () => {
  const here = mkdtempSync(join(tmpdir(), 'pharos-here-'));
  pharos(['--version'], { cwd: here, program: join(clone, 'pharos'), env: environment() });
  expect(spawnSync('ls', ['-A', here], { encoding: 'utf8' }).stdout).toBe('');
  rmSync(here, { recursive: true });
});
