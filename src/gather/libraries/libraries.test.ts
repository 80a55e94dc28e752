import { expect, test } from 'vitest';
import { recordingDraft } from '../../../test/recordings/recording-draft.ts';
import { libraries } from './libraries.ts';

test('a library is told once, with the file system it is on', () => {
  const draft = recordingDraft();
  const path = draft.path('/opt/lib/libopenblas.so.0', 3);
  draft.fact('library', { path, soname: 'libopenblas.so.0', needed: ['libc.so.6'], fileBytes: 36e6 });
  draft.fact('library', { path, soname: 'libopenblas.so.0', needed: ['libc.so.6'], fileBytes: 36e6 });
  draft.fact('library', { path: draft.path('/lib/libm.so.6'), needed: [] });
  expect(libraries.gather([draft.recording()])).toEqual({
    ok: true,
    value: {
      libraries: [
        {
          path: '/opt/lib/libopenblas.so.0',
          mount: 3,
          soname: 'libopenblas.so.0',
          needed: ['libc.so.6'],
          fileBytes: 36e6,
        },
        { path: '/lib/libm.so.6', mount: 0, needed: [] },
      ],
    },
  });
});
