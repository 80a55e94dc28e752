import { expect, test } from 'vitest';
import type { StartModel, Without } from '#scale';
import type { Access, Target } from '#schema';
import { drawCurve, listNodes } from './curve.ts';
import type { Prescribed } from './prescribe.ts';

test('the curve goes in powers of two to four times the nodes asked for, and shows those', () => {
  expect(listNodes(6)).toEqual([1, 2, 4, 6, 8, 16]);
  expect(listNodes(1)).toEqual([1, 2, 4]);
});

const probing = { cause: 'path-entry-probing' } as Access;
const other = { cause: 'other' } as Access;

/** Ten requests for each cause that stays, a second each. */
const requests = (without: Without = () => false) => [probing, other].filter((one) => !without(one)).length * 10;
const model = {
  requests: (without?: Without) => ({ metadata: requests(without) }),
  seconds: (nodes: number, without?: Without, less = 0) => {
    const likely = nodes * requests(without) - less;
    return { low: likely, likely, high: likely };
  },
} as unknown as StartModel;
const target = { nodes: 1, ranksPerNode: 2 } as Target;

const remedy = (id: string, cut?: Prescribed['cut']) => ({ id, ...(cut ? { cut } : {}) }) as Prescribed;

test('after all remedies together, what any of them cuts is gone', () => {
  const remedies = [
    remedy('a', { without: ({ cause }) => cause === 'other', lessSeconds: 3 }),
    remedy('b', { without: () => false, lessSeconds: 2 }),
    remedy('c'),
  ];
  const curve = drawCurve(model, target, remedies);
  expect(curve.with).toEqual(['a', 'b']);
  expect(curve.points[0]).toMatchObject({ nodes: 1, before: { likely: 20 }, after: { likely: 7 }, requests: 20 });
});

test('without a remedy there is no curve after', () => {
  expect(drawCurve(model, target, []).points.every(({ after }) => after === undefined)).toBe(true);
});
