import { expect, test } from 'vitest';
import { recordingDraft } from '../../../test/recordings/recording-draft.ts';
import { python } from './python.ts';

const flags = {
  isolated: false,
  ignoreEnvironment: false,
  noSite: false,
  noUserSite: true,
  safePath: false,
  dontWriteBytecode: false,
};

test('the interpreter is the one of the job, not of its children', () => {
  const draft = recordingDraft();
  const job = draft.process();
  const child = draft.process({ role: 'child', parent: job });
  const fact = (process: number, version: string) => ({
    process,
    version,
    implementation: 'cpython',
    executable: draft.path('/env/bin/python'),
    prefix: draft.path('/env'),
    basePrefix: draft.path('/usr'),
    stdlib: draft.path('/usr/lib/python3.11'),
    flags,
    pathEntries: [{ path: draft.path('~/lib'), origin: 'pythonpath' as const, exists: false }],
  });
  draft.fact('python', fact(child, '3.8.1'));
  draft.fact('python', fact(job, '3.11.2'));
  draft.fact('environment', {
    values: { OMP_NUM_THREADS: '4' },
    searchPaths: { LD_LIBRARY_PATH: [draft.path('/opt/lib')] },
  });
  draft.fact('distribution', { name: 'numpy', version: '2.0.1' });
  expect(python.gather([draft.recording()])).toEqual({
    ok: true,
    value: {
      version: '3.11.2',
      implementation: 'cpython',
      executable: '/env/bin/python',
      prefix: '/env',
      basePrefix: '/usr',
      stdlib: '/usr/lib/python3.11',
      flags,
      pathEntries: [{ path: '~/lib', origin: 'pythonpath', exists: false }],
      importHooks: [],
      environment: { OMP_NUM_THREADS: '4' },
      searchPaths: { LD_LIBRARY_PATH: ['/opt/lib'] },
      distributions: [{ name: 'numpy', version: '2.0.1' }],
    },
  });
});

test('a job without Python has none', () => {
  expect(python.gather([recordingDraft().recording()])).toMatchObject({ failure: { code: 'gather/no-python' } });
});
