import { describe, expect, test } from 'vitest';
import { type Accesses, pathText } from '#schema';
import { type RecordingDraft, recordingDraft } from '../../../test/recordings/recording-draft.ts';
import { accesses } from './accesses.ts';

function accessesOf(draft: RecordingDraft): Accesses {
  const made = accesses.gather([draft.recording()]);
  if (!made.ok) throw new Error(made.failure.message);
  return made.value;
}

/** Path, import, phase and count of each cell. */
function rows(draft: RecordingDraft) {
  const { paths, accesses: cells } = accessesOf(draft);
  return cells.map((cell) => `${pathText(paths, cell.path)} ${cell.import} ${cell.phase} ${cell.count}`);
}

test('operations that are alike are counted together, with their bytes', () => {
  const draft = recordingDraft();
  const job = draft.process({}, { main: 0 });
  draft.at(10);
  draft.operation(job, 0, 'read', '/env/a.json', '', 100);
  draft.operation(job, 0, 'read', '/env/a.json', '', 50);
  draft.operation(job, 0, 'read', '/env/a.json', 'EIO');
  draft.import(job, 'csv', { end: 1000 });
  expect(accessesOf(draft).accesses).toEqual([
    { path: 2, import: 0, phase: 'start', cause: 'data-file', operation: 'read', error: '', count: 2, bytes: 150 },
    { path: 2, import: 0, phase: 'start', cause: 'data-file', operation: 'read', error: 'EIO', count: 1, bytes: 0 },
  ]);
});

test('only paths that were touched stay, with what lies above them and behind their links', () => {
  const draft = recordingDraft();
  const job = draft.process({}, { main: 0 });
  draft.path('/never/touched');
  draft.path('/opt', 7);
  draft.link('/lib64', '/opt/lib');
  draft.operation(job, 0, 'open', '/lib64/libm.so.6');
  expect(accessesOf(draft).paths).toEqual([
    { parent: 0, name: '', mount: 0 },
    { parent: 0, name: 'opt', mount: 7 },
    { parent: 1, name: 'lib', mount: 7 },
    { parent: 0, name: 'lib64', mount: 0, link: 2 },
    { parent: 3, name: 'libm.so.6', mount: 0 },
  ]);
});

test('what comes after the last import of the script is after the start', () => {
  const draft = recordingDraft();
  const job = draft.process({}, { main: 0 });
  const csv = draft.import(job, 'csv', { begin: 0, end: 100 });
  draft.operation(job, csv, 'stat', '/lib');
  draft.at(5000);
  draft.operation(job, 0, 'open', '/project/data');
  expect(rows(draft)).toEqual(['/lib 1 start 1', '/project/data 0 after-start 1']);
});

test('what a child did counts for the import that started it', () => {
  const draft = recordingDraft();
  const job = draft.process({}, { main: 0 });
  const numpy = draft.import(job, 'numpy', { begin: 0, end: 1000 });
  const platform = draft.import(job, 'platform', { begin: 100, end: 500, parent: numpy, level: 'nested' });
  const shell = draft.process({ parent: job, role: 'child', begin: 200, how: 'fork' });
  const grandchild = draft.process({ parent: shell, role: 'child', begin: 700 });
  draft.at(300);
  draft.operation(shell, 0, 'exec', '/bin/uname');
  draft.operation(grandchild, 0, 'open', '/etc/x');
  expect(rows(draft)).toEqual([`/bin/uname ${platform} start 1`, `/etc/x ${platform} start 1`]);
  expect(accessesOf(draft).accesses.map(({ cause }) => cause)).toEqual(['spawn', 'spawn']);
});

test('without a replay only the interpreter was seen, and it is said why', () => {
  const draft = recordingDraft();
  draft.process({}, { main: 0 });
  draft.fact('replay', { done: false, because: 'strace is not installed' });
  expect(accessesOf(draft)).toMatchObject({
    source: 'probe',
    coverage: 'python-only',
    because: 'strace is not installed',
  });
});

describe('with a replay of the imports', () => {
  function replayed() {
    const draft = recordingDraft();
    const job = draft.process({}, { site: 5, main: 10 });
    draft.at(0);
    draft.operation(job, 0, 'stat', '/seen/by/both');
    const csv = draft.import(job, 'csv', { begin: 100, end: 200, outcome: 'missing' });
    const numpy = draft.import(job, 'numpy', { begin: 300, end: 900 });
    const replay = draft.process({ source: 'replay', begin: 10_000 }, { exit: 90_000 });
    const again = draft.import(replay, 'numpy', { begin: 20_000, end: 80_000 });
    draft.fact('replay', { done: true });
    return { draft, job, csv, numpy, replay, again };
  }

  test('its operations stand for those of the same imports in the one run', () => {
    const { draft, job, numpy, replay, again } = replayed();
    draft.at(10_001);
    draft.operation(replay, 0, 'open', '/lib/libc.so.6');
    draft.at(20_000);
    draft.operation(replay, again, 'open', '/env/numpy.so');
    draft.at(310);
    draft.operation(job, numpy, 'open', '/env/numpy.so');
    draft.at(90_000);
    draft.operation(replay, 0, 'open', '/at/exit');
    expect(rows(draft)).toEqual(['/lib/libc.so.6 0 start 1', `/env/numpy.so ${numpy} start 1`]);
    expect(accessesOf(draft)).toMatchObject({ source: 'replay', coverage: 'complete' });
  });

  test('what only the one run did stays', () => {
    const { draft, job, csv, numpy } = replayed();
    draft.at(150);
    draft.operation(job, csv, 'stat', '/not/replayed');
    draft.at(250);
    draft.operation(job, 0, 'open', '/project/settings');
    draft.at(1000);
    draft.operation(job, numpy, 'open', '/after/start');
    expect(rows(draft)).toEqual([
      `/not/replayed ${csv} start 1`,
      '/project/settings 0 start 1',
      `/after/start ${numpy} after-start 1`,
    ]);
  });

  test('bytecode that the one run had to make counts, though the replay finds it', () => {
    const { draft, job, numpy, replay, again } = replayed();
    draft.at(400);
    draft.operation(job, numpy, 'open', '/env/__pycache__/numpy.cpython-311.pyc', 'ENOENT');
    draft.operation(job, numpy, 'open', '/env/numpy.py');
    draft.operation(job, numpy, 'read', '/env/numpy.py');
    draft.operation(job, numpy, 'rename', '/env/__pycache__/numpy.cpython-311.pyc');
    draft.at(20_000);
    draft.operation(replay, again, 'open', '/env/__pycache__/numpy.cpython-311.pyc');
    expect(accessesOf(draft).accesses.map(({ operation, error, cause }) => [operation, error, cause])).toEqual([
      ['open', 'ENOENT', 'bytecode-read'],
      ['open', '', 'source-read'],
      ['read', '', 'source-read'],
      ['rename', '', 'bytecode-write'],
      ['open', '', 'bytecode-read'],
    ]);
  });

  test('bytecode that is missing every time counts once', () => {
    const { draft, job, numpy, replay, again } = replayed();
    for (const [process, id, t] of [
      [job, numpy, 400],
      [replay, again, 20_000],
    ] as const) {
      draft.at(t);
      draft.operation(process, id, 'open', '/env/__pycache__/numpy.cpython-311.pyc', 'ENOENT');
      draft.operation(process, id, 'open', '/env/numpy.py');
    }
    draft.at(500);
    draft.operation(job, numpy, 'mkdir', '/env/__pycache__', 'EACCES');
    expect(accessesOf(draft).accesses.map(({ operation, count }) => [operation, count])).toEqual([
      ['open', 1],
      ['open', 1],
      ['mkdir', 1],
    ]);
  });

  test('a child counts once', () => {
    const { draft, job, numpy, replay } = replayed();
    const child = draft.process({ parent: job, role: 'child', begin: 400 });
    const childAgain = draft.process({ parent: replay, source: 'replay', role: 'child', begin: 30_000 });
    draft.at(400);
    draft.operation(child, 0, 'open', '/lib/libc.so.6');
    draft.operation(childAgain, 0, 'open', '/lib/libc.so.6');
    expect(rows(draft)).toEqual([`/lib/libc.so.6 ${numpy} start 1`]);
  });

  test('an extension that it did not load leaves the account incomplete', () => {
    const { draft, job } = replayed();
    draft.import(job, 'mpi4py.MPI', { begin: 150, end: 160, loader: 'extension' });
    expect(accessesOf(draft)).toMatchObject({
      coverage: 'python-only',
      because: 'the replay did not import mpi4py.MPI',
    });
  });

  test('a module that was left out does too, with the reason', () => {
    const draft = recordingDraft();
    draft.process({}, { main: 0 });
    draft.process({ source: 'replay' });
    draft.fact('replay', { done: true, leftOut: [{ module: 'mpi4py', because: 'it starts MPI' }] });
    expect(accessesOf(draft)).toMatchObject({
      coverage: 'python-only',
      because: 'mpi4py was not replayed: it starts MPI',
    });
  });

  test('the n-th try of a module stands for the n-th', () => {
    const draft = recordingDraft();
    const job = draft.process({}, { main: 0 });
    const first = draft.import(job, 'cupy', { begin: 0, end: 10, outcome: 'missing' });
    const second = draft.import(job, 'cupy', { begin: 20, end: 30, outcome: 'missing' });
    const replay = draft.process({ source: 'replay' });
    const tries = [0, 0, 0].map(() => draft.import(replay, 'cupy', { outcome: 'missing' }));
    for (const [index, id] of tries.entries()) draft.operation(replay, id, 'stat', `/try/${index}`);
    draft.fact('replay', { done: true });
    expect(rows(draft)).toEqual([`/try/0 ${first} start 1`, `/try/1 ${second} start 1`, `/try/2 ${second} start 1`]);
  });
});

describe('what sitecustomize imports, with a replay', () => {
  /** The one run imports it before the script begins at 500; the replay while its interpreter starts, until 20,000. */
  function withSite() {
    const draft = recordingDraft();
    const job = draft.process({}, { main: 500 });
    const site = draft.import(job, 'sitecustomize', { begin: 100, end: 400, level: 'site' });
    const replay = draft.process({ source: 'replay', begin: 10_000 }, { main: 20_000, exit: 90_000 });
    draft.fact('replay', { done: true });
    return { draft, job, site, replay };
  }

  test('counts once, for the import', () => {
    const { draft, job, site, replay } = withSite();
    draft.at(200);
    draft.operation(job, site, 'open', '/lib/sitecustomize.py');
    draft.at(15_000);
    draft.operation(replay, 0, 'open', '/lib/libc.so.6');
    draft.operation(replay, 0, 'open', '/lib/sitecustomize.py');
    expect(rows(draft)).toEqual([`/lib/libc.so.6 0 start 1`, `/lib/sitecustomize.py ${site} start 1`]);
  });

  test('is the last of several: the interpreter reads the same folder before', () => {
    const { draft, job, site, replay } = withSite();
    draft.at(200);
    draft.operation(job, site, 'opendir', '/lib');
    draft.at(15_000);
    draft.operation(replay, 0, 'opendir', '/lib');
    draft.operation(replay, 0, 'opendir', '/lib');
    expect(rows(draft)).toEqual([`/lib 0 start 1`, `/lib ${site} start 1`]);
  });

  test('counts where only the one run did it, and after the script began', () => {
    const { draft, job, site, replay } = withSite();
    draft.at(200);
    draft.operation(job, site, 'open', '/only/here');
    draft.at(15_000);
    draft.operation(replay, 0, 'open', '/lib/libc.so.6');
    draft.at(25_000);
    draft.operation(replay, 0, 'open', '/only/here');
    expect(rows(draft).filter((row) => row.startsWith('/only/here'))).toEqual([
      `/only/here ${site} start 1`,
      '/only/here 0 start 1',
    ]);
  });

  test('an extension that the replay opened was seen, one that it did not open was not', () => {
    const { draft, job, replay } = withSite();
    const origin = '/lib/fast.so';
    draft.import(job, 'fast', { begin: 200, end: 300, loader: 'extension', origin, level: 'nested' });
    expect(accessesOf(draft)).toMatchObject({ because: 'the replay did not import fast' });
    draft.at(15_000);
    draft.operation(replay, 0, 'open', origin);
    expect(accessesOf(draft)).toMatchObject({ coverage: 'complete' });
  });
});

describe('what .pth files do', () => {
  const SITE = '/env/lib/python3.11/site-packages';

  /** The one run reached site's end after 300 ms; the replay took 400 ms for the same 10 operations. */
  function withLines() {
    const draft = recordingDraft();
    draft.process({}, { site: 300_000, main: 301_000 });
    const replay = draft.process({ source: 'replay', begin: 1_000_000 }, { main: 1_400_000, exit: 1_500_000 });
    draft.fact('replay', { done: true });
    const at = (t: number, operation: 'open' | 'stat' | 'read' | 'opendir', path: string) => {
      draft.at(t);
      draft.operation(replay, 0, operation, path);
    };
    at(1_000_100, 'open', '/lib/libc.so.6');
    at(1_010_000, 'opendir', SITE);
    at(1_020_000, 'open', `${SITE}/coverage.pth`);
    at(1_020_100, 'stat', `${SITE}/coverage/__init__.py`);
    at(1_020_200, 'open', `${SITE}/coverage/__pycache__/__init__.cpython-311.pyc`);
    at(1_100_000, 'open', `${SITE}/slow.pth`);
    at(1_100_100, 'read', `${SITE}/slow.pth`);
    at(1_350_000, 'stat', '/usr/lib/python3.11');
    at(1_350_100, 'open', '/usr/lib/python3.11/__pycache__/sitecustomize.cpython-311.pyc');
    at(1_360_000, 'stat', '/env');
    return draft;
  }

  test('is told file by file, less the time that the trace adds', () => {
    expect(accessesOf(withLines()).pathConfigurations).toEqual([
      { path: `${SITE}/coverage.pth`, operations: 3, seconds: expect.closeTo(0.05, 6) },
      { path: `${SITE}/slow.pth`, operations: 2, seconds: expect.closeTo(0.2201, 6) },
    ]);
  });

  test('counts for them, from the file to the last code that was read for its lines', () => {
    const { paths, accesses: cells } = accessesOf(withLines());
    const theirs = cells.filter(({ cause }) => cause === 'pth').map(({ path }) => pathText(paths, path));
    expect(theirs).toEqual([
      SITE,
      `${SITE}/coverage.pth`,
      `${SITE}/coverage/__init__.py`,
      `${SITE}/coverage/__pycache__/__init__.cpython-311.pyc`,
      `${SITE}/slow.pth`,
      `${SITE}/slow.pth`,
    ]);
  });

  test('is added up where site reads a file again', () => {
    const draft = recordingDraft();
    draft.process({}, { site: 400, main: 500 });
    const replay = draft.process({ source: 'replay', begin: 1000 }, { main: 1400 });
    draft.fact('replay', { done: true });
    for (const t of [1100, 1200]) {
      draft.at(t);
      draft.operation(replay, 0, 'open', `${SITE}/slow.pth`);
    }
    const [only, ...others] = accessesOf(draft).pathConfigurations ?? [];
    expect([only?.operations, others]).toEqual([2, []]);
    expect(only?.seconds).toBeCloseTo(0.0003, 6);
  });

  test('is not known without a trace', () => {
    const draft = recordingDraft();
    draft.process({}, { main: 0 });
    expect(accessesOf(draft).pathConfigurations).toBeUndefined();
  });
});

test('a trace of the job itself tells imports by the clock, and the shell before it', () => {
  const draft = recordingDraft();
  const job = draft.process({ begin: 1000 }, { main: 1100 });
  const numpy = draft.import(job, 'numpy', { begin: 1200, end: 1900 });
  const shell = draft.process({ source: 'trace', role: 'before', begin: 0 });
  const traced = draft.process({ source: 'trace', parent: shell, begin: 1000 });
  draft.at(500);
  draft.operation(shell, 0, 'open', '/etc/profile');
  draft.at(1500);
  draft.operation(traced, 0, 'open', '/env/numpy.so');
  draft.operation(job, numpy, 'open', '/env/numpy.so');
  draft.at(3000);
  draft.operation(traced, 0, 'open', '/project/data');
  expect(rows(draft)).toEqual([
    '/etc/profile 0 before-exec 1',
    `/env/numpy.so ${numpy} start 1`,
    '/project/data 0 after-start 1',
  ]);
  expect(accessesOf(draft)).toMatchObject({ source: 'trace', coverage: 'complete' });
});

test('a trace that ended before the job leaves the account incomplete', () => {
  const draft = recordingDraft();
  draft.process({ end: 9000 }, { main: 1100 });
  draft.process({ source: 'trace' });
  expect(accessesOf(draft)).toMatchObject({
    coverage: 'python-only',
    because: 'the trace ended before the job did',
  });
});
