import { expect, test } from 'vitest';
import { recordingDraft } from '../../../test/recordings/recording-draft.ts';
import { imports } from './imports.ts';

function nodesOf(draft: ReturnType<typeof recordingDraft>, truncated = false) {
  const made = imports.gather([draft.recording(truncated)]);
  if (!made.ok) throw new Error(made.failure.message);
  return made.value.nodes;
}

test('an import takes itself what the imports inside it do not take', () => {
  const draft = recordingDraft();
  const process = draft.process({}, { main: 0 });
  const pandas = draft.import(process, 'pandas', { begin: 0, end: 900_000 });
  const numpy = draft.import(process, 'numpy', { begin: 100_000, end: 400_000, parent: pandas, level: 'nested' });
  draft.import(process, 'numpy.core', { begin: 150_000, end: 350_000, parent: numpy, level: 'nested' });
  expect(nodesOf(draft)).toMatchObject([
    { module: 'pandas', selfSeconds: 0.6, totalSeconds: 0.9 },
    { module: 'numpy', parent: pandas, selfSeconds: 0.1, totalSeconds: 0.3 },
    { module: 'numpy.core', parent: numpy, selfSeconds: 0.2, totalSeconds: 0.2 },
  ]);
});

test('clocks that disagree give no negative time', () => {
  const draft = recordingDraft();
  const process = draft.process({}, { main: 0 });
  const outer = draft.import(process, 'outer', { begin: 10, end: 20 });
  draft.import(process, 'inner', { begin: 5, end: 40, parent: outer, level: 'nested' });
  draft.import(process, 'back', { begin: 9, end: 3 });
  expect(nodesOf(draft).map(({ selfSeconds }) => selfSeconds)).toEqual([0, 35e-6, 0]);
});

test('what begins after the last import of the script is not in the start', () => {
  const draft = recordingDraft();
  const process = draft.process({}, { main: 0 });
  draft.import(process, 'numpy', { begin: 0, end: 100 });
  draft.import(process, 'late', { begin: 500, end: 600, level: 'late' });
  expect(nodesOf(draft).map(({ inStart }) => inStart)).toEqual([true, false]);
});

test('what begins after the marker is not in the start, though it is at module level', () => {
  const draft = recordingDraft();
  const process = draft.process({}, { main: 0, ready: 200 });
  draft.import(process, 'numpy', { begin: 0, end: 100 });
  draft.import(process, 'csv', { begin: 300, end: 400 });
  expect(nodesOf(draft).map(({ inStart }) => inStart)).toEqual([true, false]);
});

test('an import that never ended lasted until the process did', () => {
  const draft = recordingDraft();
  const process = draft.process({ end: 2_000_000 }, { main: 0 });
  draft.import(process, 'stuck', { begin: 500_000, end: null });
  expect(nodesOf(draft, true)).toMatchObject([{ outcome: 'cut-short', totalSeconds: 1.5 }]);
});

test('a module that is missing or fails keeps its outcome', () => {
  const draft = recordingDraft();
  const process = draft.process({}, { main: 0 });
  draft.import(process, 'cupy', { outcome: 'missing' });
  draft.import(process, 'broken', { outcome: 'failed', origin: '/project/broken.py' });
  expect(nodesOf(draft)).toMatchObject([{ outcome: 'missing' }, { outcome: 'failed', origin: '/project/broken.py' }]);
});

test('without a Python process there are none', () => {
  expect(imports.gather([recordingDraft().recording()])).toMatchObject({ failure: { code: 'gather/no-python' } });
});
