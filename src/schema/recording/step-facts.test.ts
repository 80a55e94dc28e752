import { expect, test } from 'vitest';
import { stepRecordings } from '../../../test/recordings/step-draft.ts';
import { writeRecording } from '../../../test/recordings/write-recording.ts';
import { recordingReader } from './recording-reader.ts';

function readBack(text: string) {
  const reader = recordingReader();
  reader.push(text);
  const read = reader.end();
  if (!read.ok) throw new Error(read.failure.message);
  return read.value;
}

test('the recording of a step is read as it was written', () => {
  for (const recording of stepRecordings()) expect(readBack(writeRecording(recording))).toEqual(recording);
});

test('what ranks of a node share is written once and names them', () => {
  const [first] = stepRecordings({ rank: (rank) => (rank === 2 ? { threads: 9, limits: undefined } : {}) });
  expect(first.facts.python.map(({ ranks }) => ranks)).toEqual([[0, 1, 2, 3]]);
  expect(first.facts.limits.map(({ ranks }) => ranks)).toEqual([[0, 1, 3]]);
});
