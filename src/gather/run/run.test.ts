import { describe, expect, test } from 'vitest';
import type { Facts, Run } from '#schema';
import { recordingDraft } from '../../../test/recordings/recording-draft.ts';
import { run } from './run.ts';

function runOf(...drafts: ReturnType<typeof recordingDraft>[]): Run {
  const [first, ...rest] = drafts.map((draft) => draft.recording());
  if (!first) throw new Error('no draft');
  const made = run.gather([first, ...rest]);
  if (!made.ok) throw new Error(made.failure.message);
  return made.value;
}

test('the phases of a start follow each other', () => {
  const draft = recordingDraft();
  const shell = draft.process({ role: 'before', begin: 1_000_000 });
  const job = draft.process({ parent: shell, begin: 3_000_000, end: 9_000_000 }, { site: 3_100_000, main: 3_300_000 });
  draft.import(job, 'numpy', { begin: 3_400_000, end: 3_900_000 });
  draft.import(job, 'scipy', { begin: 4_000_000, end: 5_000_000 });
  draft.import(job, 'late', { begin: 6_000_000, end: 7_000_000, level: 'late' });
  expect(runOf(draft).observed).toEqual([
    {
      rank: 0,
      node: 0,
      beforeExecSeconds: 2,
      interpreterSeconds: 0.1,
      siteSeconds: 0.2,
      importsSeconds: 1.5,
      startSeconds: 2,
      endsAt: 'last-import',
      totalSeconds: 6,
    },
  ]);
});

test('a script without imports has started when it begins', () => {
  const draft = recordingDraft();
  draft.process({ begin: 0, end: 500_000 }, { main: 20_000 });
  expect(runOf(draft).observed).toMatchObject([{ startSeconds: 0.02, endsAt: 'last-import' }]);
});

test('a start that did not end is cut short where the process was last seen', () => {
  const draft = recordingDraft();
  const job = draft.process({}, { main: 10 });
  draft.import(job, 'numpy', { begin: 20, end: null });
  draft.at(5_000_000);
  draft.operation(job, 0, 'stat', '/work');
  expect(runOf(draft).observed).toMatchObject([{ startSeconds: 5, endsAt: 'cut-short' }]);
});

describe('the end of the command', () => {
  test.for<[string, Facts['exit'][number] | undefined, Run['outcome']]>([
    ['its own exit', { status: 3 }, { kind: 'exited', status: 3 }],
    ['a crash', { signal: 'SIGSEGV' }, { kind: 'killed', signal: 'SIGSEGV', timeLimit: false }],
    ['the time limit', { interrupted: 'SIGTERM', status: 1 }, { kind: 'killed', signal: 'SIGTERM', timeLimit: true }],
    ['Ctrl-C', { interrupted: 'SIGINT', signal: 'SIGINT' }, { kind: 'interrupted', signal: 'SIGINT' }],
    ['nothing seen', undefined, { kind: 'unknown', because: 'its end was not recorded' }],
  ])('by %s', ([, exit, outcome]) => {
    const draft = recordingDraft();
    if (exit) draft.fact('exit', exit);
    expect(runOf(draft).outcome).toEqual(outcome);
  });
});

test('several recordings are several ranks, and what is missing is said once', () => {
  const drafts = [0, 3].map((rank) => {
    const draft = recordingDraft();
    draft.process();
    draft.fact('launch', { launcher: 'slurm', nodes: 2, ranks: 4, ranksPerNode: 2, node: rank && 1, rank });
    draft.fact('missing', { what: 'the dynamic loader', because: 'ptrace is forbidden' });
    draft.fact('removed', { counts: { arguments: 2 } });
    return draft;
  });
  expect(runOf(...drafts)).toMatchObject({
    launcher: 'slurm',
    ranks: 4,
    observed: [
      { rank: 0, node: 0 },
      { rank: 3, node: 1 },
    ],
    missing: [{ what: 'the dynamic loader', because: 'ptrace is forbidden' }],
    removed: { arguments: 4 },
  });
});

test('one recording may hold several ranks', () => {
  const draft = recordingDraft();
  const last = draft.process({ role: 'other', rank: 2 });
  draft.process({ role: 'job', rank: 0 });
  draft.process({ role: 'other', rank: 1 });
  draft.process({ role: 'other', rank: 2, parent: last });
  draft.process({ role: 'other' });
  draft.process({ source: 'replay' });
  expect(runOf(draft).observed.map(({ rank }) => rank)).toEqual([0, 1, 2]);
});
