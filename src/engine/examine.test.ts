import { expect, test } from 'vitest';
import { Report } from '#schema';
import { solverJob } from '../../test/recordings/solver-job.ts';
import { examine } from './examine.ts';
import type { Question } from './question.ts';

const question: Question = { scale: {}, allowed: new Map() };

function reportOf(...recordings: Parameters<typeof examine>[0]) {
  const report = examine(recordings, question);
  if (!report.ok) throw new Error(report.failure.message);
  return report.value;
}

test('a report keeps to its schema', () => {
  expect(Report.safeParse(JSON.parse(JSON.stringify(reportOf(solverJob())))).error).toBeUndefined();
});

test('the start, the environment and the imports are told as they were recorded', () => {
  const report = reportOf(solverJob());
  expect(report.job).toMatchObject({ script: 'solver.py', outcome: 'exited with status 0', python: 'CPython 3.11.2' });
  expect(report.icicle.map(({ module }) => module)).toEqual(['solvers', 'solvers.linear']);
  expect(report.packages.map(({ name }) => name)).toEqual(['solvers']);
  expect(report.removed).toEqual({ arguments: 1 });
  expect(report.headline.measuredSeconds).toBeCloseTo(0.5);
});

test('on Lustre the cost is that of Lustre at the default scale, and grows with the nodes', () => {
  const { target, curve, headline } = reportOf(solverJob());
  expect(target).toMatchObject({ profile: 'lustre', applies: 'observed', nodes: 64, ranksPerNode: 8 });
  const likely = curve?.points.map(({ before }) => before.likely) ?? [];
  expect(likely.toSorted((a, b) => a - b)).toEqual(likely);
  expect(headline.requestsPerNode).toBeGreaterThan(0);
});

test('with nothing on shared storage the environment is taken as if it were, and the headline says so', () => {
  const { target, headline } = reportOf(solverJob({ environment: { class: 'local', type: 'ext4' } }));
  expect(target).toMatchObject({ applies: 'as-if', sharedPrefixes: ['/project/env', '/project/job'] });
  expect(headline.sentences.join(' ')).toContain(
    'if its environment and code were on a typical installation of Lustre',
  );
});

test('a job that was killed has a report that says so', () => {
  const report = reportOf(solverJob({ exit: { signal: 'SIGKILL' }, truncated: true }));
  expect(report.job).toMatchObject({ outcome: 'was killed by SIGKILL', truncated: true });
  expect(report.headline.sentences[0]).toContain('was killed by SIGKILL');
});

test('recordings of different jobs are not one job', () => {
  expect(examine([solverJob(), solverJob({ script: 'other.py' })], question)).toMatchObject({
    failure: { code: 'engine/different-jobs' },
  });
});
