import { globSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { lacks } from '../machine.ts';
import { pharos } from '../pharos.ts';
import { run, type Where } from '../run.ts';
import { scratch } from '../scratch.ts';
import { fingerprint } from './fingerprint.ts';
import { packInto } from './image.ts';
import { kinds } from './kinds.ts';
import { listReached, TRACE } from './reached.ts';

/** Of the user's own code a rank may ask the original for so much. */
const MOST_CALLS = 10;

function isAwaited(name: string, awaits?: string): boolean {
  if (awaits !== undefined) process.stderr.write(`skipped: ${name}: ${awaits}\n`);
  return awaits !== undefined;
}

describe.skipIf(lacks('kinds of environments', 'ptrace'))('started from its image', () => {
  for (const { name, needs = [], awaits, job: describeJob } of kinds) {
    test.skipIf(isAwaited(name, awaits) || lacks(name, ...needs))(
      `${name}: the same job, without its shared folders`,
      () => {
        const job = describeJob();
        const { starter = [], command, env, libraries, user, ranks = 1, status = 0 } = job;
        const folder = scratch('kind');
        const where: Where = { cwd: folder, ...(env && { env }) };
        const originals = () => [...libraries, ...user].flatMap(fingerprint);

        const plain = run([...starter, ...command], where);
        expect(plain.status, plain.stderr).toBe(status);
        const before = originals();
        const image = packInto(folder, job);
        const [log, destination] = [join(folder, 'log'), scratch('stage')];
        const launch = [join(image, 'launch'), '--keep', '--dest', destination];
        const staged = run([...TRACE, '-o', log, ...starter, ...launch, ...command], where);
        expect(staged).toEqual(plain);
        const [stage = ''] = globSync(`${destination}/pharos-*/*`);
        expect(listReached(log, libraries, stage, { loaded: env?.LD_LIBRARY_PATH ?? '' })).toEqual([]);
        expect(listReached(log, user, stage).length).toBeLessThanOrEqual(MOST_CALLS * ranks);

        const verified = pharos(['verify', image, '--', ...starter, ...command], where);
        expect(verified.status, verified.stdout + verified.stderr).toBe(0);
        expect(originals()).toEqual(before);
      },
    );
  }
});
