import { expect, test } from 'vitest';
import * as z from 'zod';
import { Figure, LaunchFact } from '#schema';
import file from '../../knowledge/transports.json' with { type: 'json' };
import { staging } from './transports.ts';

const text = z.string().min(1);
const figures = <Name extends string>(...names: Name[]) =>
  z.strictObject(Object.fromEntries(names.map((name) => [name, Figure])) as Record<Name, typeof Figure>);
const common = {
  id: z.string().regex(/^[a-z-]+$/),
  title: text,
  needs: z.array(z.enum(['slurm', 'mpi', 'flux', 'ssh', 'rsync'])),
  comesWith: z.array(LaunchFact.shape.launcher),
  steps: z.int().min(0).max(5),
  source: text,
};
const link = ['streamBytesPerSecond', 'linkBytesPerSecond'] as const;

const Transport = z.discriminatedUnion('shape', [
  z.strictObject({
    ...common,
    shape: z.literal('tree'),
    figures: figures('startSeconds', 'levelSeconds', 'fanOut', 'blockBytes', ...link),
  }),
  z.strictObject({
    ...common,
    shape: z.literal('fan-out'),
    figures: figures('startSeconds', 'connectSeconds', 'fileSeconds', 'fanOut', 'workers', ...link),
  }),
  z.strictObject({
    ...common,
    shape: z.literal('readers'),
    moves: z.enum(['archive', 'files']),
    figures: figures('startSeconds'),
  }),
]);

const destination = figures('fileSeconds', 'bytesPerSecond');
const archive = figures('packed', 'bytesPerSecond');

test('each entry has the shape that the door gives it, and each figure its range, source, date and confidence', () => {
  z.strictObject({
    transports: z.array(Transport),
    reading: figures('readAhead', 'filesPerDirectory'),
    destinations: z.strictObject({ memory: destination, disk: destination }),
    archives: z.strictObject({ tar: archive, 'tar.gz': archive, 'tar.zst': archive }),
    slowestNode: Figure,
  }).parse(file);
});

test('no id twice, and no figure by which something is divided can be 0', () => {
  const ids = staging.transports.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { id, figures: all } of staging.transports) {
    for (const [name, { low }] of Object.entries(all)) {
      if (/PerSecond|fanOut|workers|blockBytes/.test(name)) expect(low, `${id} ${name}`).toBeGreaterThan(0);
    }
  }
});
