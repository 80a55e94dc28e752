import { expect, test } from 'vitest';
import { recordingDraft } from '../../test/recordings/recording-draft.ts';
import { readRecorded } from './recorded.ts';

const names = { home: '/home/ada', user: 'ada', host: 'login1' };

function draftOf(paths: readonly (readonly [operation: 'open' | 'create' | 'stat', path: string])[]) {
  const draft = recordingDraft();
  const job = draft.process({}, { main: 0 });
  draft.fact('python', {
    process: job,
    version: '3.11.2',
    implementation: 'CPython',
    executable: draft.path('/env/bin/python'),
    prefix: draft.path('/env'),
    basePrefix: draft.path('/usr'),
    stdlib: draft.path('/usr/lib/python3.11'),
    flags: {
      isolated: false,
      ignoreEnvironment: false,
      noSite: false,
      noUserSite: false,
      safePath: false,
      dontWriteBytecode: false,
    },
    pathEntries: [],
  });
  for (const [operation, path] of paths) draft.operation(job, 0, operation, path);
  return draft.recording();
}

function usedBy(...recordings: ReturnType<typeof draftOf>[]): string[] {
  const recorded = readRecorded(recordings, names);
  if (!recorded.ok) throw new Error(recorded.failure.message);
  return [...recorded.value.used].sort();
}

test('what several ranks used is used; home and user are those of this machine', () => {
  const first = draftOf([
    ['open', '~/lib/a.py'],
    ['stat', '/env/only-asked.py'],
  ]);
  const second = draftOf([['open', '/scratch/$USER/b.py']]);
  expect(usedBy(first, second)).toEqual(['/home/ada/lib/a.py', '/scratch/ada/b.py']);
});

test('what the job wrote itself is not packed: it is another one next time', () => {
  const recording = draftOf([
    ['create', '/project/generated.py'],
    ['open', '/project/generated.py'],
    ['open', '/project/__pycache__/generated.cpython-311.pyc'],
    ['create', '/env/__pycache__/a.cpython-311.pyc'],
    ['open', '/env/__pycache__/a.cpython-311.pyc'],
    ['open', '/project/app.py'],
  ]);
  expect(usedBy(recording)).toEqual(['/env/__pycache__/a.cpython-311.pyc', '/project/app.py']);
});

test('a recording without files says how to make one', () => {
  expect(readRecorded([draftOf([])], names)).toMatchObject({ failure: { code: 'pack/no-files' } });
});
