import { expect, test } from 'vitest';
import type { StagingOutlook } from '#schema';
import { renderStagingText } from '../text.ts';

const cost = (value: number) =>
  ({ value, low: value / 2, high: value * 2, unit: 'seconds', per: 'start', basis: 'modelled' }) as const;

const outlook: StagingOutlook = {
  ...{ nodes: 64, ranksPerNode: 32 },
  profile: { title: 'a typical installation of Lustre', calibrated: false },
  asIs: { low: 10, likely: 20, high: 40 },
  staged: { title: 'sbcast', seconds: { low: 2, likely: 4, high: 8 }, saves: cost(16) },
  pays: { likelyFrom: 3, surelyFrom: 12, tried: 131_072 },
  transports: [{ fromNodes: 1, transport: 'sbcast' }],
  large: [],
  withoutImage: [{ title: 'Take 2 entries out of PYTHONPATH', saves: cost(3) }],
};
const textOf = (change: Partial<StagingOutlook> = {}) =>
  renderStagingText({ ...outlook, ...change }).replace(/\s+/g, ' ');

test('what it takes both ways, from which size it pays, and what else helps', () => {
  const text = textOf();
  expect(text).toContain('On 64 nodes with 32 ranks each');
  expect(text).toContain('not measured here: pharos calibrate does');
  expect(text).toContain('likely faster from 3 nodes on, and in 95 of 100 possible worlds from 12 nodes on');
  expect(text).toContain('Without an image there is also: Take 2 entries out of PYTHONPATH');
});

test('where it does not pay it says so, and what helps instead', () => {
  const text = textOf({
    staged: { ...outlook.staged, saves: cost(0) } as NonNullable<StagingOutlook['staged']>,
    pays: { tried: 8 },
  });
  expect(text).toContain('staging does not pay at this size');
  expect(text).toContain('It pays at no size up to 8 nodes');
  expect(text).toContain('What helps without an image: Take 2 entries');
});

test('names from elsewhere cannot paint, and lines keep to the width', () => {
  const text = renderStagingText({ ...outlook, profile: { title: '\x1b[31mred', calibrated: true } });
  expect(text).not.toContain('\x1b');
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
});
