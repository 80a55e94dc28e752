import { expect, test } from 'vitest';
import type { Accesses, ImportNode } from '#schema';
import { drawIcicle } from './icicle.ts';

const node = (id: number, parent: number | undefined, module: string, self: number, total: number): ImportNode => ({
  id,
  ...(parent === undefined ? {} : { parent }),
  module,
  level: parent === undefined ? 'main' : 'nested',
  outcome: 'loaded',
  selfSeconds: self,
  totalSeconds: total,
  inStart: true,
});

const calls = (...counts: [importId: number, count: number][]) =>
  ({ accesses: counts.map(([id, count]) => ({ import: id, count, phase: 'start' })) }) as unknown as Accesses;

test('calls add up from an import to the one that asked for it', () => {
  const imports = { nodes: [node(1, undefined, 'numpy', 1, 3), node(2, 1, 'numpy.linalg', 2, 2)] };
  expect(drawIcicle(imports, calls([1, 10], [2, 5], [0, 99]))).toEqual([
    { module: 'numpy', selfSeconds: 1, totalSeconds: 3, selfCalls: 10, totalCalls: 15 },
    { module: 'numpy.linalg', parent: 0, selfSeconds: 2, totalSeconds: 2, selfCalls: 5, totalCalls: 5 },
  ]);
});

test('small imports fold into the one that asked, with what they pulled in, and nothing is lost', () => {
  const nodes = [
    node(1, undefined, 'big', 100, 100.02),
    node(2, 1, 'small', 0.01, 0.02),
    node(3, 2, 'tiny', 0.01, 0.01),
  ];
  const [row, ...others] = drawIcicle({ nodes }, calls([1, 1000], [2, 1], [3, 1]));
  expect(others).toEqual([]);
  expect(row).toMatchObject({ module: 'big', folded: 2, selfCalls: 1002, totalCalls: 1002 });
  expect(row?.selfSeconds).toBeCloseTo(100.02);
});

test('small imports that nothing asked for share a row', () => {
  const nodes = [
    node(1, undefined, 'big', 100, 100),
    node(2, undefined, 'a', 0.01, 0.01),
    node(3, undefined, 'b', 0, 0),
  ];
  expect(drawIcicle({ nodes }, undefined).at(-1)).toMatchObject({ module: '(smaller imports)', folded: 2 });
});

test('an import that costs no time but many calls is shown', () => {
  const nodes = [node(1, undefined, 'big', 100, 100), node(2, undefined, 'prober', 0, 0)];
  expect(drawIcicle({ nodes }, calls([2, 500])).map(({ module }) => module)).toEqual(['big', 'prober']);
});

test('imports after start are not part of it', () => {
  const late = { ...node(2, undefined, 'late', 50, 50), inStart: false };
  expect(drawIcicle({ nodes: [node(1, undefined, 'a', 1, 1), late] }, undefined).map(({ module }) => module)).toEqual([
    'a',
  ]);
});

test('ten thousand imports stay a page', () => {
  const nodes = Array.from({ length: 10_000 }, (_, id) =>
    node(id + 1, id === 0 ? undefined : 1, `m${id}`, 1, id === 0 ? 10_000 : 1),
  );
  const rows = drawIcicle({ nodes }, undefined);
  expect(rows.length).toBeLessThanOrEqual(601);
  expect(rows.reduce((sum, row) => sum + row.selfSeconds, 0)).toBeCloseTo(10_000);
});
