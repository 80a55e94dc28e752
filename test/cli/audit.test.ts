import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { readReport } from '#schema';
import { pharos, root } from './run.ts';
import { scratchFolder } from './samples.ts';

// Whole runs of `pharos audit -- COMMAND`: the collector, a Python of this machine, and the report.

const scratch = scratchFolder('audit');
let cwd = '';
beforeEach(() => {
  rmSync(join(scratch, 'work'), { recursive: true, force: true });
  cwd = join(scratch, 'work');
  mkdirSync(cwd);
});

const write = (name: string, ...lines: string[]) => writeFileSync(join(cwd, name), `${lines.join('\n')}\n`);
const audit = (...words: string[]) => pharos(['audit', ...words], { cwd });

function readWritten(name: string) {
  const report = readReport(JSON.parse(readFileSync(join(cwd, name), 'utf8')));
  if (!report.ok) throw new Error(report.failure.message);
  return report.value;
}

test('stdout belongs to the command, the report is on stderr and in files', () => {
  write('app.py', 'import json', 'print("own words")');
  const { status, stdout, stderr } = audit('--', 'python3', 'app.py', 'argument');
  expect({ status, stdout }).toEqual({ status: 0, stdout: 'own words\n' });
  expect(stderr).toContain('How app.py starts');
  expect(stderr).toMatch(/\nwrote app\.pharos, app\.report\.json, app\.report\.html\n$/);
  expect(readdirSync(cwd).sort()).toEqual(['app.pharos', 'app.py', 'app.report.html', 'app.report.json']);
  expect(readWritten('app.report.json').icicle.map(({ module }) => module)).toContain('json');
});

test('names that do not fit into a line get one each', () => {
  write('app.py', 'import json');
  const stem = 'a-name-of-a-job-that-says-too-much';
  const { stderr } = audit('--out', stem, '--', 'python3', 'app.py');
  const names = ['.pharos', '.report.json', '.report.html'].map((ending) => `  ${stem}${ending}\n`);
  expect(stderr.endsWith(`\nwrote\n${names.join('')}`), stderr.slice(-200)).toBe(true);
});

test('what the site runs at every start of Python runs once too', () => {
  write('sitecustomize.py', 'open("lines", "a").write("once\\n")');
  write('app.py', 'import json');
  const { status } = pharos(['audit', '--', 'python3', 'app.py'], { cwd, env: { ...process.env, PYTHONPATH: cwd } });
  expect(status).toBe(0);
  expect(readFileSync(join(cwd, 'lines'), 'utf8')).toBe('once\n');
});

test('a folder on the path that is called as an interpreter is none', () => {
  write('app.py', 'import json');
  mkdirSync(join(cwd, 'bin/python3'), { recursive: true });
  const env = { ...process.env, PATH: `${join(cwd, 'bin')}:${process.env.PATH}` };
  const { status, stderr } = pharos(['audit', '--', 'python3', 'app.py'], { cwd, env });
  expect(status, stderr).toBe(0);
});

test('the command runs once', () => {
  write('app.py', 'import json', 'open("lines", "a").write("once\\n")');
  expect(audit('--', 'python3', 'app.py').status).toBe(0);
  expect(readFileSync(join(cwd, 'lines'), 'utf8')).toBe('once\n');
});

test('code given with -c works without the environment of the examples, and its files are called job', () => {
  expect(audit('--', 'python3', '-c', 'import json').status).toBe(0);
  expect(readdirSync(cwd).sort()).toEqual(['job.pharos', 'job.report.html', 'job.report.json']);
});

test('a second run writes over the files of the first', () => {
  write('app.py', 'import json');
  expect(audit('--', 'python3', 'app.py').status).toBe(0);
  expect(audit('--', 'python3', 'app.py').status).toBe(0);
});

test('--out names a folder or the beginning of the names', () => {
  write('app.py');
  mkdirSync(join(cwd, 'folder'));
  expect(audit('--out', 'folder', '--', 'python3', 'app.py').status).toBe(0);
  expect(audit('--out', 'first', '--', 'python3', 'app.py').status).toBe(0);
  expect(existsSync(join(cwd, 'folder/app.report.json'))).toBe(true);
  expect(existsSync(join(cwd, 'first.report.json'))).toBe(true);
});

test.for([
  ['an exception', 'raise SystemExit(7)', 'exited with status 7', 7],
  ['a kill', 'import os; os.kill(os.getpid(), 9)', 'was killed by SIGKILL', 137],
  ['an abort', 'import os; os.abort()', 'was killed by SIGABRT', 134],
] as const)('after %s the report is written and says so', ([, line, outcome, own]) => {
  write('app.py', 'import json', line);
  const { status, stderr } = audit('--', 'python3', 'app.py');
  expect(status).toBe(0);
  expect(stderr).toContain(outcome);
  expect(readWritten('app.report.json').job.outcome).toBe(outcome);
  expect(audit('--passthrough', '--', 'python3', 'app.py').status).toBe(own);
});

test.for([
  ['a command that is not there', ['no-such-command']],
  ['a command that starts no Python', ['ls']],
  ['a shell that starts no Python', ['sh', '-c', 'exit 3']],
] as const)('%s is an error with a hint', ([, command]) => {
  const { status, stderr } = audit('--', ...command);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^error: .*\nhint: .*\n$/);
  expect(readdirSync(cwd).filter((name) => name.includes('.report.'))).toEqual([]);
});

test('findings at the threshold end with 1, allowed ones do not, and the reason is kept', () => {
  write('slow.py', 'import time', 'time.sleep(2)');
  write('app.py', 'import slow');
  const strict = ['--fail-on', 'note', '--nodes', '8', '--no-replay', '--', 'python3', 'app.py'];
  expect(audit(...strict).status).toBe(1);
  const failed = readWritten('app.report.json').categories.flatMap(({ verdicts }) =>
    verdicts.filter(({ verdict }) => verdict.kind === 'fail').map(({ audit: id }) => id),
  );
  expect(failed).toContain('heavy-import');
  const allowed = failed.flatMap((id) => ['--allow', `${id}: the solver needs it`]);
  expect(audit(...allowed, ...strict).status).toBe(0);
  expect(readFileSync(join(cwd, 'app.report.json'), 'utf8')).toContain('the solver needs it');
});

test('arguments that are not UTF-8 reach the command as they are', () => {
  write('app.py', 'import os, sys', 'print(os.fsencode(sys.argv[1]).hex())');
  const script = `'${join(root, 'pharos')}' audit -- python3 app.py "$(printf 'caf\\351')"`;
  const { status, stdout } = pharos(['-c', script], { cwd, program: 'sh' });
  expect({ status, stdout }).toEqual({ status: 0, stdout: '636166e9\n' });
});

/** Starts an audit of a job that says when it is under way, and waits for that. */
async function startJob() {
  write('app.py', 'import json, sys, time', 'print("ready", flush=True)', 'time.sleep(60)');
  const child = spawn(join(root, 'pharos'), ['audit', '--', 'python3', 'app.py'], { cwd, detached: true });
  let talk = '';
  child.stderr.on('data', (piece) => {
    talk += piece;
  });
  await new Promise((resolve) => child.stdout.once('data', resolve));
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { pid: child.pid ?? 0, ended, talk: () => talk };
}

test('after Ctrl-C the report is written, and nothing is left half-written', async () => {
  const { pid, ended, talk } = await startJob();
  // A terminal sends it to the whole group.
  process.kill(-pid, 'SIGINT');
  expect(await ended).toBe(130);
  expect(talk()).toContain('How app.py starts');
  expect(readdirSync(cwd).sort()).toEqual(['app.pharos', 'app.py', 'app.report.html', 'app.report.json']);
});

test("the scheduler's SIGTERM at the time limit is passed on, and the report says so", async () => {
  const { pid, ended, talk } = await startJob();
  process.kill(pid, 'SIGTERM');
  expect(await ended).toBe(143);
  expect(talk()).toMatch(/SIGTERM/);
  expect(readdirSync(cwd).sort()).toEqual(['app.pharos', 'app.py', 'app.report.html', 'app.report.json']);
});

/** An environment of this machine's Python, with an extension module that needs a library that is nowhere. */
function brokenEnvironment(): string {
  const place = join(cwd, '.venv');
  expect(spawnSync('python3', ['-m', 'venv', '--without-pip', place]).status).toBe(0);
  const [version = ''] = readdirSync(join(place, 'lib'));
  const site = join(place, 'lib', version, 'site-packages');
  mkdirSync(join(site, 'broken-1.0.dist-info'));
  writeFileSync(join(site, 'broken-1.0.dist-info/METADATA'), 'Metadata-Version: 2.1\nName: broken\nVersion: 1.0\n');
  writeFileSync(join(site, 'broken-1.0.dist-info/RECORD'), 'broken.abi3.so,,\nbroken-1.0.dist-info/METADATA,,\n');
  const made = spawnSync('gcc', ['-shared', '-o', 'libgone.so', '-x', 'c', '/dev/null'], { cwd });
  const words = ['-shared', '-Wl,--no-as-needed', '-o', join(site, 'broken.abi3.so'), '-x', 'c', '/dev/null'];
  const linked = spawnSync('gcc', [...words, '-x', 'none', 'libgone.so'], { cwd });
  expect([made.status, linked.status]).toEqual([0, 0]);
  rmSync(join(cwd, 'libgone.so'));
  return join(place, 'bin/python');
}

test.skipIf(spawnSync('gcc', ['--version']).status !== 0)(
  "packaging is judged: the environment of the job's Python",
  () => {
    const python = brokenEnvironment();
    write('app.py', 'import json');
    expect(audit('--', python, 'app.py').status).toBe(0);
    const packaging = readWritten('app.report.json').categories.find(({ id }) => id === 'packaging');
    const found = packaging?.verdicts.find(({ audit: id }) => id === 'missing-library')?.verdict;
    expect(JSON.stringify(found)).toContain('libgone.so');
    // What comes between may set LD_LIBRARY_PATH: then it is not known.
    write('run.sh', `exec ${python} app.py`);
    expect(audit('--out', 'run', '--', 'sh', 'run.sh').status).toBe(0);
    const report = readWritten('run.report.json');
    expect(report.categories.find(({ id }) => id === 'packaging')?.unknown).toBeGreaterThan(0);
    expect(JSON.stringify(report.categories)).not.toContain('libgone.so');
  },
);
