import { expect, test } from 'vitest';
import * as z from 'zod';
import { Figure, LaunchFact, MpiFamily } from '#schema';
import file from '../../knowledge/launchers.json' with { type: 'json' };
import { launcherTimings } from './launchers.ts';

const text = z.string().min(1);

test('each entry has the shape that the door gives it, and a source', () => {
  const Timing = z.strictObject({
    id: LaunchFact.shape.launcher,
    title: text,
    figures: z.strictObject({
      fixedSeconds: Figure,
      doublingSeconds: Figure,
      nodeSeconds: Figure,
      rankSeconds: Figure,
    }),
    source: text,
  });
  const Timeout = z.strictObject({
    id: text,
    name: text,
    launchers: z.array(LaunchFact.shape.launcher).min(1),
    families: z.array(MpiFamily).min(1).optional(),
    imports: z.array(text).min(1).optional(),
    seconds: z.number().positive(),
    waits: text,
    setting: text,
    source: text,
    date: Figure.shape.date,
    confidence: Figure.shape.confidence,
  });
  z.strictObject({ launchers: z.array(Timing), timeouts: z.array(Timeout) }).parse(file);
});

test('every launcher that a recording can name is there, but for none', () => {
  const names = LaunchFact.shape.launcher.options.filter((name) => name !== 'none');
  expect(launcherTimings.map(({ id }) => id).sort()).toEqual(names.sort());
});
