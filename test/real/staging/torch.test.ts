import { globSync, mkdtempSync, readFileSync, rmSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ImageManifest } from '#schema';
import { lacks } from '../machine.ts';
import { root, run } from '../run.ts';
import * as environments from './environments.ts';
import { packInto } from './image.ts';
import { listReached, TRACE } from './reached.ts';

// A large environment: two processes of PyTorch that its own launcher starts.

/** The environment, its image, its stage, and what pip has on its way. */
const NEEDED_BYTES = 20e9;

/** Tracing a start of some gigabytes takes its time. */
const SECONDS = 400;

function lacksRoom(): boolean {
  const { bavail, bsize } = statfsSync(root);
  const isSmall = bavail * bsize < NEEDED_BYTES;
  if (isSmall) process.stderr.write(`skipped: torch: there are no ${NEEDED_BYTES / 1e9} GB free below ${root}\n`);
  return isSmall;
}

describe.skipIf(lacks('torch', 'ptrace') || lacksRoom())('torchrun', () => {
  test('starts its processes from the image, which ask the environment for nothing but the very large libraries', () => {
    const environment = environments.torch();
    const script = join(environments.project(), 'train.py');
    const python = join(environment, 'bin/python');
    const command = [python, '-m', 'torch.distributed.run', '--nproc-per-node', '2', script];
    // Beside the environment: a folder for temporary files may be memory.
    const folder = mkdtempSync(join(environment, '../torch-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const where = { cwd: folder, env: { OMP_NUM_THREADS: '1' }, seconds: SECONDS };
    // Once more than is needed: the first start writes bytecode.
    const [, plain] = [run(command, where), run(command, where)];
    expect(plain).toMatchObject({ status: 0, stdout: '2 processes, gradient -3.479\n' });

    const job = { command, libraries: [environment], user: [], options: ['--trace', 'job'] };
    const image = packInto(folder, job, where);
    const log = join(folder, 'log');
    const launch = [join(image, 'launch'), '--keep', '--dest', folder];
    const staged = run([...TRACE, '-o', log, ...launch, ...command], where);
    expect(staged).toEqual(plain);
    const [stage = ''] = globSync(`${folder}/pharos-*/*`);
    const { left = [] } = ImageManifest.parse(JSON.parse(readFileSync(join(image, 'manifest.json'), 'utf8')));
    expect(left.length).toBeGreaterThan(0);
    for (const { bytes } of left) expect(bytes).toBeGreaterThanOrEqual(100e6);
    expect(listReached(log, [environment], stage, { left: left.map(({ path }) => path) })).toEqual([]);
    const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(2);
    const size = gigabytes(statSync(join(image, 'launch')).size);
    const leftSize = gigabytes(left.reduce((all, { bytes }) => all + bytes, 0));
    process.stderr.write(
      `torch: an image of ${size} GB, and ${left.length} libraries of ${leftSize} GB left where they are\n`,
    );
  });
});
