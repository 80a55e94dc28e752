import { join } from 'node:path';
import { expect } from 'vitest';
import { pharos } from '../pharos.ts';
import type { Where } from '../run.ts';
import type { Job } from './kinds.ts';

/** Packs a job as a user does, and returns the image's folder. */
export function packInto(folder: string, job: Job, where: Where = {}): string {
  const { starter = [], command, options = [], env } = job;
  const image = join(folder, 'image');
  const words = ['pack', '--to', image, ...options, '--', ...starter, ...command];
  const packed = pharos(words, { cwd: folder, ...(env && { env }), ...where });
  expect(packed.status, packed.stderr).toBe(0);
  return image;
}
