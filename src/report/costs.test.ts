import { test } from 'vitest';
import { formatCost, formatCostBasis } from './costs.ts';

test('a modelled number never goes without its interval', ({ expect }) => {
  const cost = { value: 38, low: 38, high: 38, unit: 'seconds', per: 'start', basis: 'modelled' } as const;
  expect([formatCost(cost), formatCostBasis(cost)]).toEqual(['38 s per start', 'modelled, 38 s']);
  expect(formatCostBasis({ ...cost, basis: 'measured' })).toBe('measured');
});
