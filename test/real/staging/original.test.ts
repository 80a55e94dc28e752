import { appendFileSync, chmodSync, globSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lacks } from '../machine.ts';
import { pharos } from '../pharos.ts';
import { ask, run } from '../run.ts';
import { scratch } from '../scratch.ts';
import { fingerprint } from './fingerprint.ts';
import { packInto } from './image.ts';
import { kinds } from './kinds.ts';

/** Nobody's, on every Linux. */
const ORDINARY = 65_534;

const [venv] = kinds;

describe.skipIf(lacks('what is verified', 'ptrace'))('verify', () => {
  test('is red where one staged library is another than the packed one, and names it', () => {
    const job = venv?.job();
    if (!job) throw new Error('there is no kind');
    const [folder, destination] = [scratch('swapped'), scratch('stage')];
    const image = packInto(folder, job);
    const env = { TMPDIR: destination };
    ask([join(image, 'launch'), '--keep', 'true'], { env });
    const [library = ''] = globSync(`${destination}/pharos-*/*/**/_umath_linalg*.so`);
    // Loads as before: what the loader reads is the same.
    const bytes = readFileSync(library);
    chmodSync(library, 0o644);
    writeFileSync(`${library}.new`, bytes);
    appendFileSync(`${library}.new`, 'swapped');
    renameSync(`${library}.new`, library);
    const { status, stdout, stderr } = pharos(['verify', image, '--', ...job.command], { cwd: folder, env });
    expect(status, stdout + stderr).toBe(1);
    // A long path is wrapped where the line ends.
    expect(stdout.replaceAll(/\s+/g, '')).toContain('_umath_linalg');
    expect(stdout).toMatch(/RED/);
  });
});

describe.skipIf(lacks('ordinary users', 'root', 'setpriv'))('an ordinary user', () => {
  test('starts from the image of an environment that nobody can write to', () => {
    const job = venv?.job();
    if (!job) throw new Error('there is no kind');
    const folder = scratch('read-only');
    const [from = ''] = job.libraries;
    const [environment, project] = [join(folder, 'env'), join(folder, 'project')];
    ask(['cp', '-a', from, environment]);
    ask(['cp', '-a', job.user[0] ?? '', project]);
    ask(['chmod', '-R', 'a-w,a+rX', environment, project]);
    const command = [join(environment, 'bin/python'), join(project, 'numerics.py'), '5'];
    const before = [environment, project].flatMap(fingerprint);
    const image = packInto(folder, { ...job, command });
    const destination = scratch('stage');
    const user = ['setpriv', `--reuid=${ORDINARY}`, `--regid=${ORDINARY}`, '--clear-groups'];
    const env = { TMPDIR: destination, HOME: '/nonexistent' };
    const plain = run([...user, ...command], { cwd: '/', env });
    const staged = run([...user, join(image, 'launch'), ...command], { cwd: '/', env });
    expect(plain.status).toBe(5);
    expect(staged).toEqual(plain);
    expect([environment, project].flatMap(fingerprint)).toEqual(before);
    expect(globSync(`${destination}/pharos-${ORDINARY}/*`)).toEqual([]);
  });
});
