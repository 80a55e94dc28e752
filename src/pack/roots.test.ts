import { expect, test } from 'vitest';
import { draftOf, names } from '../../test/recordings/image-case.ts';
import { memoryHost } from '../../test/recordings/memory-host.ts';
import type { RecordingDraft } from '../../test/recordings/recording-draft.ts';
import { placesOf } from './places.ts';
import { readRecorded } from './recorded.ts';
import { findRoots } from './roots.ts';

type Entry = readonly [path: string, origin: 'script' | 'pythonpath' | 'stdlib' | 'site' | 'pth' | 'user'];

/** With another prefix, base and search path than the usual. */
function draft(opened: readonly string[], prefix: string, base: string, entries: readonly Entry[]): RecordingDraft {
  const made = draftOf(opened, prefix);
  const recording = made.recording();
  const [python] = recording.facts.python;
  if (python) {
    const path = (text: string) => made.path(text);
    python.basePrefix = path(base);
    python.stdlib = path(`${base}/lib/python3.11`);
    python.pathEntries = entries.map(([text, origin]) => ({ path: path(text), origin }));
  }
  return made;
}

async function rootsOf(host: ReturnType<typeof memoryHost>, made: RecordingDraft) {
  const recorded = readRecorded([made.recording()], names);
  if (!recorded.ok) throw new Error(recorded.failure.message);
  const roots = await findRoots(recorded.value, placesOf(host));
  return roots.all.map(({ path, kind }) => `${kind} ${path}`);
}

const SITE = '/s/env/lib/python3.11/site-packages';

test('the standard library of a Python on shared storage is the interpreter, with an environment inside it', async () => {
  const host = memoryHost().file('/s/lib/python3.11/os.py').folder('/s/env/bin').folder(SITE).folder('/p');
  const made = draft([SITE], '/s/env', '/s', [
    ['/p', 'script'],
    ['/s/lib/python3.11', 'stdlib'],
    [SITE, 'site'],
  ]);
  expect(await rootsOf(host, made)).toEqual(['user /p', 'interpreter /s', 'environment /s/env']);
});

test('a folder of PYTHONPATH is a library where distributions are installed in it, else the user’s own', async () => {
  const host = memoryHost().folder('/s/env').folder('/mine').file('/theirs/tool-1.dist-info/METADATA');
  const made = draft(['/mine/a.py'], '/s/env', '/usr', [
    ['/mine', 'pythonpath'],
    ['/theirs', 'pythonpath'],
  ]);
  expect(await rootsOf(host, made)).toEqual(['user /mine', 'environment /s/env', 'libraries /theirs']);
});

test('an environment in the project’s folder is a root of its own, and a console script is no user code', async () => {
  const host = memoryHost().folder('/p/.venv/bin').folder('/p/src');
  const made = draft(['/p/src/a.py'], '/p/.venv', '/usr', [
    ['/p/.venv/bin', 'script'],
    ['/p', 'pth'],
  ]);
  expect(await rootsOf(host, made)).toEqual(['user /p', 'environment /p/.venv']);
});

test('a script in the environment’s own folder does not make that user code', async () => {
  const host = memoryHost().folder('/s/env/bin').file('/s/env/app.py');
  const made = draft(['/s/env/app.py'], '/s/env', '/usr', [['/s/env', 'script']]);
  expect(await rootsOf(host, made)).toEqual(['environment /s/env']);
});

test('folders of the system are no roots, unless a shared file system is mounted there', async () => {
  const host = memoryHost().folder('/usr/local/env').folder('/opt/cray/python');
  const made = draft(['/usr/local/env/a.py'], '/usr/local/env', '/opt/cray/python', []);
  expect(await rootsOf(host, made)).toEqual([]);
  made.fact('mount', { id: 7, point: made.path('/usr/local'), type: 'nfs4', class: 'nfs' });
  expect(await rootsOf(host, made)).toEqual(['environment /usr/local/env']);
});

test('a library that was found elsewhere has its folder packed', async () => {
  const host = memoryHost().folder('/s/env').file('/sw/blas/lib/libblas.so.3');
  const made = draft(['/sw/blas/lib/libblas.so.3'], '/s/env', '/usr', []);
  expect(await rootsOf(host, made)).toEqual(['environment /s/env', 'libraries /sw/blas/lib']);
});

test('a package that is a link out of the environment is followed', async () => {
  const host = memoryHost().folder('/s/env').file('/cache/tool/__init__.py').link(`${SITE}/tool`, '/cache/tool');
  const made = draft([`${SITE}/tool/__init__.py`], '/s/env', '/usr', [[SITE, 'site']]);
  expect(await rootsOf(host, made)).toEqual(['libraries /cache/tool', 'environment /s/env']);
});
