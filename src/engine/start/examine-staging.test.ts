import { expect, test } from 'vitest';
import type { StagingOutlook } from '#schema';
import { solverJob } from '../../../test/recordings/solver-job.ts';
import { examineStaging } from './examine-staging.ts';

const SMALL = { files: 500, bytes: 3e7 };

function outlookOf(nodes: number, image = SMALL): StagingOutlook {
  const outlook = examineStaging([solverJob({ modules: 700 })], { nodes, ranksPerNode: 32, profile: 'lustre' }, image);
  if (!outlook.ok) throw new Error(outlook.failure.message);
  return outlook.value;
}

test('on many nodes a small image pays, and from fewer on than it is asked for', () => {
  const { staged, pays } = outlookOf(4096);
  expect(staged?.saves.value).toBeGreaterThan(0);
  expect(pays.likelyFrom).toBeLessThan(4096);
  expect(pays.surelyFrom).toBeGreaterThanOrEqual(pays.likelyFrom ?? Number.NaN);
});

test('the larger the image, the later it pays', () => {
  const small = outlookOf(1).pays.likelyFrom ?? Number.NaN;
  const large = outlookOf(1, { files: 50_000, bytes: 2e10 }).pays.likelyFrom ?? Number.POSITIVE_INFINITY;
  expect(large).toBeGreaterThan(small);
});

test('an image that is larger than all that is saved does not pay on one node', () => {
  expect(outlookOf(1, { files: 50_000, bytes: 2e10 }).staged?.saves.value).toBe(0);
});

test('transports begin with one node and each takes over from another', () => {
  const { transports } = outlookOf(64);
  expect(transports[0]?.fromNodes).toBe(1);
  for (const [index, { transport }] of transports.entries()) {
    expect(transport).not.toBe(transports[index - 1]?.transport);
  }
});

test('a start of which only Python was seen says why', () => {
  expect(outlookOf(64).unseen).toBe('the imports were not run again under strace');
});
