import { spawnSync } from 'node:child_process';
import { appendFileSync, copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Verification } from '#schema';
import { pharos } from './run.ts';
import { scratchFolder } from './samples.ts';

// A real job of a small virtual environment with a library of its own: packed, started from its image, compared.

const python = [
  '/usr/bin/python3',
  ...(process.env.PATH ?? '').split(delimiter).map((folder) => `${folder}/python3`),
].find((program) => existsSync(program) && spawnSync(program, ['-I', '-c', 'import venv, ensurepip']).status === 0);
const traced = spawnSync('strace', ['-o', '/dev/null', 'true']).status === 0;
if (!traced || !python) console.warn('skipped: strace may not trace here, or no Python makes virtual environments');

const folder = scratchFolder('verify');
const environment = join(folder, 'env');
const project = join(folder, 'project');
const image = join(folder, 'env.image');
const stages = join(folder, 'stages');
const EXTENSION = '_queue';

/** Of any extension module that this Python has in a file. */
const WHERE = `import ${EXTENSION}, sysconfig; print(getattr(${EXTENSION}, '__file__', '')); print(sysconfig.get_paths()['purelib'])`;

function makeJob(): void {
  spawnSync(python ?? '', ['-m', 'venv', '--without-pip', environment]);
  const said = spawnSync(join(environment, 'bin', 'python'), ['-c', WHERE], { encoding: 'utf8' }).stdout;
  const [library = '', site = ''] = said.split('\n');
  const fast = join(site, 'fast');
  mkdirSync(fast);
  mkdirSync(join(site, 'fast-1.0.dist-info'));
  writeFileSync(join(site, 'fast-1.0.dist-info', 'METADATA'), 'Metadata-Version: 2.1\nName: fast\nVersion: 1.0\n');
  writeFileSync(join(fast, '__init__.py'), `from fast import ${EXTENSION}\nanswer = 42\n`);
  writeFileSync(join(fast, 'rare.py'), 'found = True\n');
  copyFileSync(library, join(fast, library.slice(library.lastIndexOf('/') + 1)));
  mkdirSync(project);
  writeFileSync(
    join(project, 'app.py'),
    `import os, sys\nimport fast\nprint(fast.answer, sys.argv, __file__)\nif os.environ.get('RARE'): import fast.rare\n`,
  );
}

const env = {
  ...process.env,
  PATH: `${join(environment, 'bin')}${delimiter}${process.env.PATH}`,
  PHAROS_STAGE_DIR: stages,
};

function run(args: readonly string[], more: NodeJS.ProcessEnv = {}) {
  return pharos(args, { cwd: project, env: { ...env, ...more } });
}

function verify(more: NodeJS.ProcessEnv = {}): { status: number | null; verification: Verification } {
  const { status, stdout, stderr } = run(['verify', '--as', 'json', image, '--', 'python', 'app.py'], more);
  expect(stderr).toBe('');
  return { status, verification: JSON.parse(stdout) as Verification };
}

const differing = ({ checks }: Verification) =>
  checks.filter(({ outcome }) => outcome === 'differs').map(({ id }) => id);

const originalLibrary = (): string =>
  spawnSync('find', [environment, '-path', '*/fast/_*.so'], { encoding: 'utf8' }).stdout.trim();

const stagedLibrary = (): string => {
  const home = join(stages, readdirSync(stages).find((name) => name.startsWith('pharos-')) ?? '');
  const stage = join(home, readdirSync(home).find((name) => /^[0-9a-f]{16}$/.test(name)) ?? '');
  return join(stage, originalLibrary());
};

describe.skipIf(!traced || !python)('pharos verify', () => {
  test('a job from its image is the same program, and its stage is gone afterwards', { timeout: 120_000 }, () => {
    makeJob();
    mkdirSync(stages);
    expect(run(['pack', '--to', image, '--', 'python', 'app.py'])).toMatchObject({ status: 0 });
    const { status, verification } = verify();
    expect(differing(verification)).toEqual([]);
    expect(status).toBe(0);
    expect(verification.processes).toEqual([{ pythons: 1, staged: 0, left: 0, other: expect.any(Number) }]);
    expect(verification.before?.staged).toBeGreaterThan(5);
    expect(existsSync(verification.stage ?? '/')).toBe(false);
  });

  test('what the image does not hold is a call left', { timeout: 120_000 }, () => {
    const { status, verification } = verify({ RARE: '1' });
    expect([status, differing(verification)]).toEqual([1, ['staged-calls']]);
    expect(verification.calls.map(({ path }) => path)).toContainEqual(expect.stringMatching(/fast\/rare\.py$/));
  });

  test('a library that was swapped in a kept stage is named', { timeout: 120_000 }, () => {
    expect(spawnSync(join(image, 'launch'), ['--keep', 'python', 'app.py'], { cwd: project, env }).status).toBe(0);
    const library = stagedLibrary();
    appendFileSync(library, 'swapped');
    const { status, verification } = verify();
    expect([status, differing(verification)]).toEqual([1, ['stage']]);
    expect(verification.checks.find(({ id }) => id === 'stage')?.details).toEqual([
      `${library.slice(verification.stage?.length)} is not as it was packed`,
    ]);
    // It was there before.
    expect(existsSync(library)).toBe(true);
    spawnSync(join(image, 'launch'), ['--clean-here'], { cwd: project, env });
  });

  test('a job whose code has changed is not started from the image', { timeout: 120_000 }, () => {
    const script = join(project, 'app.py');
    const before = readFileSync(script);
    appendFileSync(script, '# more\n');
    const { status, stdout, stderr } = run(['verify', image, '--', 'python', 'app.py']);
    writeFileSync(script, before);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error: .*app\.py has changed since it was packed.*\nhint: Pack the job again/);
  });

  test('an image of which a byte is another is not started', { timeout: 120_000 }, () => {
    const launch = join(image, 'launch');
    const bytes = readFileSync(launch);
    const library = readFileSync(originalLibrary());
    const at = bytes.indexOf(library.subarray(0, 4096)) + 4000;
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(launch, bytes);
    const { status, verification } = verify();
    expect([status, differing(verification)]).toEqual([1, ['image']]);
    expect(verification.checks[0]?.details).toEqual([
      'the layer dependencies is not as it was packed',
      `${originalLibrary()} is not as it was packed`,
    ]);
    expect(verification.checks.find(({ id }) => id === 'stage')?.outcome).toBe('left-out');
  });

  test.for([
    [['verify'], 'there is no image'],
    [['verify', 'env.image'], 'verifying takes one image and a command'],
    [['verify', '.', '--', 'true'], '. is not an image'],
  ] as const)('%j is wrong usage', ([args, message]) => {
    const { status, stderr } = pharos(args, { cwd: folder });
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
