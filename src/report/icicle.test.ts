import { test } from 'vitest';
import type { IcicleNode, Report } from '#schema';
import { layOutIcicle } from './icicle.ts';

const node = (module: string, selfSeconds: number, parent?: number): IcicleNode => ({
  module,
  selfSeconds,
  totalSeconds: selfSeconds,
  selfCalls: 1,
  totalCalls: 1,
  ...(parent === undefined ? {} : { parent }),
});

const reportOf = (icicle: IcicleNode[]) => ({ icicle }) as unknown as Report;

test('an import is as wide as itself and what it asked for', ({ expect }) => {
  const { boxes, whole, rows } = layOutIcicle(reportOf([node('a', 1), node('a.b', 2, 0), node('c', 1)]), 'time', 100);
  expect(whole).toBe(4);
  expect(rows).toBe(2);
  expect(boxes.map((box) => [box.node.module, box.width, box.depth])).toEqual([
    ['a', 0.75, 1],
    ['a.b', 0.5, 2],
    ['c', 0.25, 1],
  ]);
});

test('what is too small to be seen is counted', ({ expect }) => {
  const { boxes, folded } = layOutIcicle(reportOf([node('a', 1), { ...node('b', 0.0001), folded: 4 }]), 'time', 100);
  expect(boxes.map((box) => box.node.module)).toEqual(['a']);
  expect(folded).toBe(1);
});

test('a ring of parents, negative times and a parent out of range make a flat tree', ({ expect }) => {
  const { boxes } = layOutIcicle(
    reportOf([node('a', 1, 1), node('b', 1, 1), node('c', -1, 99), node('d', 1, -3)]),
    'time',
    100,
  );
  expect(boxes.map((box) => [box.node.module, box.depth])).toEqual([
    ['a', 1],
    ['b', 1],
    ['d', 1],
  ]);
});
