import { spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemPython } from '../examples.ts';
import { lacks } from '../machine.ts';
import { makeFolder } from '../make-folder.ts';
import { ask, root, run } from '../run.ts';
import { scratch } from '../scratch.ts';
import { changeHeader, packTiny, type TinyImage } from './tiny-image.ts';
import { expectGreeting, expectRefusal, listStages, own, programs, startTiny } from './tiny-start.ts';

// What can go wrong on a node while an image is staged there or started, and what a start passes on.

let tiny: TinyImage;
const start = (
  destination: string,
  image = tiny,
  ...rest: [options?: readonly string[], env?: Record<string, string>]
) => startTiny(destination, image, ...rest);

beforeAll(() => {
  tiny = packTiny(makeFolder('starts'));
});
afterAll(() => rmSync(tiny.folder, { recursive: true, force: true }));

describe('several at once', () => {
  test('two jobs with eight ranks each stage once, and all are right', async () => {
    const [destination, folder] = [scratch('ranks'), scratch('tar')];
    const tar = ask(['sh', '-c', 'command -v tar']).trim();
    const log = join(folder, 'log');
    const env = programs(folder, { tar: `[ "$1" = --version ] || echo "$$" >>${log}\nexec ${tar} "$@"` });
    const ranks = Array.from({ length: 16 }, (_, rank) => ({
      SLURM_PROCID: String(rank % 8),
      SLURM_JOB_ID: '1',
      ...env,
    }));
    const ended = await Promise.all(
      ranks.map((own) => later(['--dest', destination, '--keep', tiny.python, 'app.py', 'again'], own).ended),
    );
    for (const ran of ended) expect(ran).toEqual({ status: 0, stdout: 'hello world again\n' });
    expect(readFileSync(log, 'utf8').trim().split('\n')).toHaveLength(1);
  });

  test.for(['with flock', 'without flock'])('a rank that is killed while it holds the lock, %s', async (lock) => {
    const [destination, folder] = [scratch('killed'), scratch('slow')];
    const without = lock === 'with flock' ? {} : { PHAROS_TOOL_PATH: pathWithout(folder, 'flock') };
    const dd = ask(['sh', '-c', 'command -v dd']).trim();
    const slow = join(folder, 'slow');
    mkdirSync(slow);
    const stuck = programs(slow, { dd: `sleep 30; exec ${dd} "$@"` });
    const holder = later(['--dest', destination, tiny.python, 'app.py'], {
      PHAROS_TOOL_PATH: `${slow}:${without.PHAROS_TOOL_PATH ?? stuck.PHAROS_TOOL_PATH}`,
    });
    await until(() => listStages(destination).some((name) => name.startsWith('.part.')));
    const waiting = later(['--dest', destination, tiny.python, 'app.py', 'again'], without);
    process.kill(-(holder.process.pid ?? 0), 'SIGKILL');
    expect(await waiting.ended).toEqual({ status: 0, stdout: 'hello world again\n' });
    expect(listStages(destination)).toEqual([]);
  });

  test.skipIf(lacks('two users', 'root', 'setpriv'))('two users have a stage each', () => {
    const destination = scratch('users');
    ask(['chmod', '-R', 'a+rX', tiny.folder]);
    expectGreeting(start(destination, tiny, ['--keep']));
    const nobody = ['setpriv', '--reuid', 'nobody', '--regid', 'nogroup', '--clear-groups', '--'];
    const launch = [...nobody, tiny.launch, '--dest', destination, '--keep', tiny.python, 'app.py', 'again'];
    expectGreeting(run(launch, { cwd: tiny.project, env: { HOME: destination } }));
    expect(readdirSync(destination)).toHaveLength(2);
    const squatted = scratch('squatted');
    mkdirSync(join(squatted, own));
    ask(['chown', 'nobody', join(squatted, own)]);
    chmodSync(join(squatted, own), 0o700);
    expectRefusal(start(squatted), /belongs to somebody else/);
  });
});

describe('what is there already', () => {
  const stageName = () =>
    /pharos_digest='(.{16})/.exec(readFileSync(tiny.launch, 'latin1').slice(0, 65_536))?.[1] ?? '';

  test('a half stage is made anew', () => {
    const destination = scratch('half');
    mkdirSync(join(destination, own, stageName(), '.pharos'), { recursive: true });
    chmodSync(join(destination, own), 0o700);
    expectGreeting(start(destination));
  });

  test('a stage of a killed job is swept by the next one, a kept one is not', () => {
    const destination = scratch('left');
    expectGreeting(start(destination, tiny, ['--keep']));
    const left = join(destination, own, '0123456789abcdef/.pharos/users');
    mkdirSync(left, { recursive: true });
    // Of no process that lives: the kernel was another.
    writeFileSync(join(left, '1.4026531836-00000000'), '');
    const other = changeHeader(tiny, 'next.image', (header) =>
      header.replace(/pharos_digest='../, "pharos_digest='ee"),
    );
    expectGreeting(start(destination, other));
    expect(listStages(destination)).toEqual([stageName()]);
    expect(run([tiny.launch, '--dest', destination, '--clean']).status).toBe(0);
    expect(listStages(destination)).toEqual([]);
  });

  test('times in the future mislead nobody', () => {
    const destination = scratch('clock');
    const future = packTiny(scratch('future'));
    const then = new Date('2040-01-01T00:00:00Z');
    utimesSync(future.script, then, then);
    expectRefusal(start(destination, future), /app\.py has changed since it was packed/);
    expectGreeting(start(destination, future, ['--no-check']));
  });

  test('user code that has changed is not started', () => {
    const folder = scratch('changed');
    const image = packTiny(folder);
    writeFileSync(join(image.project, 'helper.py'), 'NAME = "universe"\n');
    expectRefusal(start(scratch('changed-stage'), image), /helper\.py has changed since it was packed/);
    const other = { SLURM_PROCID: '3' };
    // One rank a job looks: the others would only ask the server again.
    expectGreeting(start(scratch('changed-stage'), image, [], other));
  });
});

describe('paths', () => {
  test.for(['with a blank', "it's", 'caf\\351', 'line$HOME', '[a]*'])('%s', (name) => {
    const folder = scratch('paths');
    const script = `
set -e
cd "$1"
odd=$(printf '${name.replaceAll("'", "'\\''").replaceAll('%', '%%')}')
mkdir "$odd"
mkdir "$odd/project"
# venv itself refuses names that are not UTF-8; the user's own folder may have one.
place=$odd/env
"$2" -m venv --without-pip "$place" 2>/dev/null || { place=env; "$2" -m venv --without-pip env; }
printf 'import helper\\nprint(helper.NAME)\\n' >"$odd/project/app.py"
printf 'NAME = 7\\n' >"$odd/project/helper.py"
cd "$odd/project"
"$3/pharos" pack --to ../image -- "$1/$place/bin/python" app.py >/dev/null
../image/launch --dest "$1" "$1/$place/bin/python" app.py
`;
    const ran = run(['sh', '-c', script, 'sh', folder, systemPython, root]);
    expect(ran.stderr).not.toContain('pharos: ');
    expect(ran).toMatchObject({ status: 0, stdout: '7\n' });
  });
});

describe('the command', () => {
  test('its status, its input and the signal that ends it are its own', () => {
    const destination = scratch('passes');
    const python = (code: string, input = '') =>
      run([tiny.launch, '--dest', destination, tiny.python, '-c', code], { input });
    expect(python('raise SystemExit(41)').status).toBe(41);
    expect(python('print(input())', 'said\n').stdout).toBe('said\n');
    const ended = run([
      'sh',
      '-c',
      '"$@"; echo $?',
      'sh',
      tiny.launch,
      '--dest',
      destination,
      tiny.python,
      '-c',
      'import os; os.kill(os.getpid(), 15)',
    ]);
    expect(ended.stdout).toBe('143\n');
    expect(run([tiny.launch, '--dest', destination, 'no-such-command']).status).toBe(127);
  });
});

interface Later {
  readonly process: ReturnType<typeof spawn>;
  readonly ended: Promise<{ status: number | null; stdout: string }>;
}

/** A process group of its own, so that all of it can be killed as a node is. */
function later(args: readonly string[], env: Record<string, string | undefined>): Later {
  const child = spawn(tiny.launch, args, { cwd: tiny.project, env: { ...process.env, ...env }, detached: true });
  let stdout = '';
  child.stdout.on('data', (part) => {
    stdout += part;
  });
  return {
    process: child,
    ended: new Promise((resolve) => child.on('close', (status) => resolve({ status, stdout }))),
  };
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('it never came to hold');
}

/** A folder with the machine's programs but one. */
function pathWithout(folder: string, name: string): string {
  const place = join(folder, 'without');
  mkdirSync(place);
  for (const from of ['/usr/bin', '/bin', '/usr/sbin']) {
    for (const program of readdirSync(from)) {
      if (program !== name && !existsSync(join(place, program))) symlinkSync(join(from, program), join(place, program));
    }
  }
  return place;
}
