import { expect, test } from 'vitest';
import { recordingDraft } from '../../../test/recordings/recording-draft.ts';
import { activities } from './activities.ts';

test('an activity belongs to the import that did it, or that started the child which did it', () => {
  const draft = recordingDraft();
  const job = draft.process({}, { main: 0 });
  const plot = draft.import(job, 'matplotlib', { begin: 100, end: 900 });
  draft.import(job, 'platform', { begin: 200, end: 400, parent: plot, level: 'nested' });
  const child = draft.process({ parent: job, role: 'child', begin: 300 });
  const stranger = draft.process({ role: 'other' });
  draft.fact('activity', { process: job, import: plot, t: 150, kind: 'write', path: draft.path('~/.cache/fonts', 2) });
  draft.fact('activity', { process: job, import: plot, t: 160, kind: 'write', path: draft.path('~/.cache/fonts') });
  draft.fact('activity', { process: child, import: 0, t: 310, kind: 'connect' });
  draft.fact('activity', { process: job, import: 0, t: 5000, kind: 'spawn', detail: 'git' });
  draft.fact('activity', { process: stranger, import: 0, t: 5, kind: 'spawn' });
  expect(activities.gather([draft.recording()])).toEqual({
    ok: true,
    value: {
      activities: [
        { kind: 'write', module: 'matplotlib', inStart: true, path: '~/.cache/fonts', mount: 2, count: 2 },
        { kind: 'connect', module: 'platform', inStart: true, count: 1 },
        { kind: 'spawn', module: '__main__', inStart: false, detail: 'git', count: 1 },
      ],
    },
  });
});
