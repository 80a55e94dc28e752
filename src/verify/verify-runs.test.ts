import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import type { CheckId, ImageFile, ImageManifest, Recording } from '#schema';
import { memoryMachine, type Tree } from '../../test/machines/memory-machine.ts';
import { type RecordingDraft, recordingDraft } from '../../test/recordings/recording-draft.ts';
import { checkImage } from './check-image.ts';
import { checkStage } from './check-stage.ts';
import { checkOriginals, snapshotOriginals } from './originals-unchanged.ts';
import { type Evidence, verifyDamaged, verifyRuns } from './verify-runs.ts';

const ENV = '/lustre/u/env';
const PROJECT = '/lustre/u/project';
const sha256 = (text: string) => createHash('sha256').update(text, 'latin1').digest('hex');

const LAYER = 'L'.repeat(65_536);
const layer = {
  name: 'dependencies' as const,
  digest: sha256(LAYER),
  inputs: sha256(''),
  offset: 65_536,
  bytes: 65_536,
  unpackedBytes: 100,
  files: 3,
  links: 0,
};
const headerOf = (digest: string) =>
  `#!/bin/sh\n# An image of Pharos.\npharos_digest='${digest}'\npharos_layers='dependencies\t1\t65536\t${layer.digest}\t3'\n`.padEnd(
    65_536,
    '\n',
  );
const DIGEST = sha256(headerOf('0'.repeat(64)));
const STAGE = `/tmp/pharos-1000/${DIGEST.slice(0, 16)}`;

const CONTENT = {
  [`${ENV}/lib/numpy.py`]: 'numpy',
  [`${ENV}/lib/fast.so`]: 'fast',
  [`${ENV}/pyvenv.cfg`]: 'home = @PHAROS-STAGE@/lustre/u/python',
  [`${PROJECT}/app.py`]: 'import numpy',
};

/** Of Pharos itself, in a folder of the environment. */
const BEGINS = `${ENV}/lib/sitecustomize.py`;

const files: ImageFile[] = Object.entries(CONTENT).map(([path, text]) => ({
  path,
  layer: 'dependencies',
  digest: sha256(text),
  bytes: text.length,
  because: 'traced',
  ...(path.endsWith('.cfg') ? { made: 'template' as const } : {}),
}));
files.push({ path: BEGINS, layer: 'start', digest: sha256('begin'), bytes: 5, because: 'start', made: 'added' });

const manifest: ImageManifest = {
  format: 'pharos-image',
  version: 1,
  made: { pharos: '0.1.0' },
  digest: DIGEST,
  machine: { architecture: 'x86_64' },
  python: {
    version: '3.11.2',
    cacheTag: 'cpython-311',
    executable: `${ENV}/bin/python`,
    prefix: ENV,
    basePrefix: '/usr',
    packed: false,
  },
  script: `${PROJECT}/app.py`,
  roots: [
    { path: ENV, kind: 'environment' },
    { path: PROJECT, kind: 'user' },
  ],
  layers: [layer],
  files,
  templates: [`${ENV}/pyvenv.cfg`],
  prefixes: [],
  site: [],
};

const tree = (): Tree => ({
  ...CONTENT,
  [`${ENV}/pyvenv.cfg`]: 'home = /lustre/u/python',
  '/image/launch': headerOf(DIGEST) + LAYER,
  [`${ENV}/lib/rare.py`]: 'rare',
  [`${STAGE}${ENV}/lib/numpy.py`]: 'numpy',
  [`${STAGE}${ENV}/lib/fast.so`]: 'fast',
  [`${STAGE}${BEGINS}`]: 'begin',
  [`${STAGE}${ENV}/pyvenv.cfg`]: `home = ${STAGE}/lustre/u/python`,
  [`${STAGE}${PROJECT}/app.py`]: 'import numpy',
  [`${STAGE}${ENV}/lib/rare.py`]: { link: `${ENV}/lib/rare.py` },
});

interface Drafted {
  readonly draft: RecordingDraft;
  /** Ids of the trace's images: the shell before, then one Python a rank. */
  readonly shell: number;
  readonly ranks: readonly number[];
}

/** A run of two ranks; `root` is in front of what is in the environment. */
function drafted(root: string): Drafted {
  const draft = recordingDraft();
  const lustre = draft.path('/lustre', 1);
  draft.fact('mount', { id: 1, point: lustre, type: 'lustre', class: 'lustre' });
  draft.fact('exit', { status: 0 });
  draft.fact('python', {
    process: 1,
    version: '3.11.2',
    implementation: 'cpython',
    executable: draft.path(`${root}${ENV}/bin/python`),
    prefix: draft.path(`${root}${ENV}`),
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
  draft.fact('distribution', { name: 'numpy', version: '2.0', path: draft.path(`${root}${ENV}/lib`) });
  for (const rank of [0, 1]) {
    const probed = draft.process({ rank, role: rank === 0 ? 'job' : 'other' }, { site: 10, main: 20 });
    draft.import(probed, 'numpy', { origin: `${root}${ENV}/lib/numpy.py`, end: 50 });
    draft.import(probed, 'sys', { end: 50 });
  }
  const shell = draft.process({ source: 'trace', role: 'before' }, {}, '/image/launch');
  const ranks = [0, 1].map((rank) => {
    const image = draft.process({ source: 'trace', rank, parent: shell }, { interpreter: 5, main: 20 });
    draft.import(image, 'numpy', { origin: `${root}${ENV}/lib/numpy.py`, end: 50 });
    return image;
  });
  draft.at(30);
  for (const image of ranks) {
    draft.operation(image, 1, 'open', `${root}${ENV}/lib/fast.so`);
    draft.operation(image, 1, 'map', `${root}${ENV}/lib/fast.so`);
    draft.operation(image, 1, 'map', '/usr/lib/libmpi.so.40');
  }
  return { draft, shell, ranks };
}

interface Change {
  readonly plain?: (run: Drafted) => void;
  readonly staged?: (run: Drafted) => void;
  readonly tree?: (tree: Tree) => void;
  readonly output?: string;
  readonly during?: (tree: Tree) => void;
}

async function verified(change: Change = {}) {
  const grown = tree();
  change.tree?.(grown);
  const machine = memoryMachine(grown);
  const plain = drafted('');
  const staged = drafted(STAGE);
  change.plain?.(plain);
  change.staged?.(staged);
  const image = await checkImage('/image/launch', manifest, machine);
  const before = await snapshotOriginals(manifest, machine.host);
  change.during?.(grown);
  const after = await snapshotOriginals(manifest, machine.host);
  const run = (recording: Recording, out: string) => ({ recording, output: { out, error: '' } });
  const evidence: Evidence = {
    image,
    plain: run(plain.draft.recording(), '42\n'),
    staged: run(staged.draft.recording(), change.output ?? '42\n'),
    before,
    after,
    ignoresOutput: false,
  };
  return verifyRuns({ image: 'env.image', manifest, command: ['python', 'app.py'] }, evidence, machine);
}

/** What differs, check by check. */
async function differences(change: Change): Promise<Partial<Record<CheckId, readonly string[]>>> {
  const result = await verified(change);
  if (!result.ok) throw new Error(result.failure.message);
  const differing = result.value.checks.filter(({ outcome }) => outcome !== 'same');
  expect(result.value.green).toBe(differing.length === 0);
  return Object.fromEntries(differing.map(({ id, details }) => [id, details]));
}

test('the same job is green, and both ranks have no call left', async () => {
  const result = await verified();
  expect(result).toMatchObject({ ok: true, value: { green: true, stage: STAGE, calls: [], before: { staged: 2 } } });
  expect(result.ok && result.value.processes).toEqual([
    { rank: 0, pythons: 1, staged: 0, left: 0, other: 0 },
    { rank: 1, pythons: 1, staged: 0, left: 0, other: 0 },
  ]);
});

test('a swapped library in the stage is named', async () => {
  const found = await differences({
    tree: (grown) => {
      grown[`${STAGE}${ENV}/lib/fast.so`] = 'evil';
    },
  });
  expect(found).toEqual({ stage: [`${ENV}/lib/fast.so is not as it was packed`] });
});

test('a cache is the job’s to write to, in the stage and, as it is, in the original', async () => {
  const cache = '/home/u/.cache/numba/a.nbi';
  const file: ImageFile = { path: cache, layer: 'caches', digest: sha256('old'), bytes: 3, because: 'caches' };
  const roots = [...manifest.roots, { path: '/home/u/.cache/numba', kind: 'cache' as const }];
  const machine = memoryMachine({ ...tree(), [cache]: 'new', [`${STAGE}${cache}`]: 'newer' });
  const cached = { ...manifest, roots, files: [...files, file] };
  expect(await checkStage(STAGE, cached, machine)).toMatchObject({ outcome: 'same', says: `5 files in ${STAGE}` });
  const snapshot = await snapshotOriginals(cached, machine.host);
  expect(await checkOriginals(cached, snapshot, snapshot, machine)).toMatchObject({ outcome: 'same' });
});

test('a file that names the stage is the one that was packed, with another folder', async () => {
  const found = await differences({
    tree: (grown) => {
      grown[`${STAGE}${ENV}/pyvenv.cfg`] = `home = ${STAGE}/lustre/u/other`;
    },
  });
  expect(Object.keys(found)).toEqual(['stage']);
});

test('a call through a link back is a call left, with the rank and the path', async () => {
  const result = await verified({
    staged: ({ draft, ranks }) => draft.operation(ranks[1] ?? 0, 1, 'open', `${STAGE}${ENV}/lib/rare.py`),
  });
  expect(result).toMatchObject({
    value: {
      green: false,
      processes: [{ staged: 0 }, { rank: 1, staged: 1 }],
      calls: [{ path: `${ENV}/lib/rare.py`, where: 'staged', operations: { open: 1 }, processes: 1 }],
    },
  });
});

test('what the launch reads before the job is not the job', async () => {
  const staging = ({ draft, shell }: Drafted) => {
    const reader = draft.process({ source: 'trace', parent: shell, how: 'fork', role: 'before' }, {}, '/usr/bin/dd');
    for (let time = 0; time < 20; time += 1) draft.operation(reader, 0, 'open', `${ENV}/lib/file-${time}.py`);
  };
  expect(await differences({ staged: staging })).toEqual({});
});

test('what a child of a rank reads is its rank’s', async () => {
  const found = await differences({
    staged: ({ draft, ranks }) => {
      const child = draft.process({ source: 'trace', parent: ranks[0] ?? 0, how: 'fork', role: 'child' });
      draft.operation(child, 0, 'stat', `${ENV}/lib/numpy.py`);
    },
  });
  expect(found).toEqual({ 'staged-calls': ['rank 0: 1 call'] });
});

test('ten calls elsewhere are a way to the job’s folder, eleven are not; after the start they are the job’s own', async () => {
  const asking =
    (count: number, from: number) =>
    ({ draft, ranks }: Drafted) => {
      draft.at(from);
      for (let index = 0; index < count; index += 1) draft.operation(ranks[0] ?? 0, 0, 'stat', `/lustre/data/${index}`);
    };
  expect(await differences({ staged: asking(10, 21) })).toEqual({});
  expect(await differences({ staged: asking(11, 21) })).toEqual({
    'other-calls': ['rank 0: 11 calls, 10 are expected at most'],
  });
  expect(await differences({ staged: asking(50, 5000) })).toEqual({});
});

test('results that a job writes beside its script are its own', async () => {
  const writing = ({ draft, ranks }: Drafted) => draft.operation(ranks[0] ?? 0, 0, 'create', `${PROJECT}/out.csv`);
  expect(await differences({ staged: writing })).toEqual({});
  const reading = ({ draft, ranks }: Drafted) => draft.operation(ranks[0] ?? 0, 0, 'open', `${PROJECT}/solver.py`);
  expect(await differences({ plain: reading, staged: reading })).toEqual({ 'staged-calls': ['rank 0: 1 call'] });
});

test('a module from elsewhere, one too few and one too many', async () => {
  const found = await differences({
    plain: ({ draft }) => void draft.import(1, 'rare', { origin: `${ENV}/lib/rare.py` }),
    staged: ({ draft }) => {
      draft.import(2, 'sys', { origin: '/home/u/sys.py' });
      draft.import(1, 'begin', { origin: `${STAGE}/.pharos/staged/begin.py` });
      draft.import(1, 'extra', { origin: '/home/u/extra.py' });
    },
  });
  expect(found).toEqual({
    modules: [
      'rare (rank 0) is not imported from the image',
      'extra (rank 0) is imported from the image only',
      'sys (rank 1) is /home/u/sys.py, built in in the image, else built in',
    ],
  });
});

test('what begins in a folder of PYTHONPATH is none of the job’s modules', async () => {
  const beginning = ({ draft, ranks }: Drafted) => {
    draft.operation(ranks[0] ?? 0, 0, 'open', `${STAGE}${BEGINS}`);
    for (const module of ['atexit', 'gc']) draft.import(1, module, { end: 60 });
  };
  expect(await differences({ staged: beginning })).toEqual({});
  const other = ({ draft }: Drafted) => void draft.import(1, 'zlib', { end: 60 });
  expect(await differences({ staged: other })).toEqual({ modules: ['zlib (rank 0) is imported from the image only'] });
});

test('the started script keeps its own path', async () => {
  const opening =
    (count: number) =>
    ({ draft, ranks }: Drafted) => {
      for (let time = 0; time < count; time += 1) draft.operation(ranks[0] ?? 0, 0, 'open', `${PROJECT}/app.py`);
    };
  expect(await differences({ plain: opening(1), staged: opening(9) })).toEqual({});
  expect(Object.keys(await differences({ plain: opening(1), staged: opening(11) }))).toEqual(['other-calls']);
});

test('a module of before the first line that can be watched', async () => {
  const found = await differences({
    plain: ({ draft, ranks }) =>
      draft.operation(ranks[0] ?? 0, 0, 'open', `${ENV}/lib/__pycache__/numpy.cpython-311.pyc`),
    staged: ({ draft, ranks }) => {
      draft.operation(ranks[0] ?? 0, 0, 'open', `${STAGE}${ENV}/lib/numpy.py`);
      draft.operation(ranks[0] ?? 0, 0, 'open', `${STAGE}/.pharos/staged/begin.py`);
      draft.operation(ranks[0] ?? 0, 0, 'open', '/usr/lib/python3.11/__pycache__/queue.cpython-311.pyc');
    },
  });
  expect(found).toEqual({ modules: ['/usr/lib/python3.11/queue.py is read from the image only'] });
});

test('calls of a Python that took no notice of the probe are the job’s; of one that helps to stage they are not', async () => {
  const alone = ({ draft, ranks }: Drafted) => {
    const shell = draft.process({ source: 'trace', parent: 0, role: 'before' }, {}, '/bin/sh');
    const python = draft.process({ source: 'trace', parent: shell, role: 'before' }, {}, '/usr/bin/python3.11');
    draft.operation(python, 0, 'stat', `${ENV}/lib/numpy.py`);
    return ranks;
  };
  expect(await differences({ staged: (run) => void alone(run) })).toEqual({ 'staged-calls': ['process 2: 1 call'] });
  const helping = ({ draft, shell }: Drafted) => {
    const fork = draft.process({ source: 'trace', parent: shell, how: 'fork', role: 'before' });
    const python = draft.process({ source: 'trace', parent: fork, role: 'before' }, {}, '/usr/bin/python3.11');
    draft.operation(python, 0, 'stat', `${ENV}/lib/numpy.py`);
  };
  expect(await differences({ staged: helping })).toEqual({});
});

test('another provider of MPI', async () => {
  const found = await differences({
    plain: ({ draft, ranks }) => draft.operation(ranks[0] ?? 0, 0, 'map', '/opt/mpi/libmpich.so.12'),
    staged: ({ draft, ranks }) => draft.operation(ranks[0] ?? 0, 0, 'map', '/usr/lib/libmpich.so.12'),
  });
  expect(found).toEqual({
    libraries: ['MPI: libmpich.so.12 is /usr/lib/libmpich.so.12 from the image, else /opt/mpi/libmpich.so.12'],
  });
});

test('an original that changes during the run, or has changed since', async () => {
  const change = (grown: Tree) => {
    grown[`${ENV}/lib/numpy.py`] = 'numpy!';
  };
  expect(await differences({ during: change })).toEqual({
    originals: [
      `${ENV}/lib/numpy.py was changed during the run from the image`,
      `${ENV}/lib/numpy.py has changed since it was packed`,
    ],
  });
  expect(await differences({ tree: change })).toEqual({
    originals: [`${ENV}/lib/numpy.py has changed since it was packed`],
  });
});

test('another output', async () => {
  expect(await differences({ output: '43\n' })).toMatchObject({ output: [expect.stringContaining('"43"')] });
});

test('a job that did not start from the image', async () => {
  const elsewhere = tree();
  for (const path of Object.keys(elsewhere)) if (path.startsWith(STAGE)) delete elsewhere[path];
  const run = () => ({ recording: drafted('').draft.recording(), output: { out: '', error: '' } });
  const none = new Map();
  const machine = memoryMachine(elsewhere);
  const image = await checkImage('/image/launch', manifest, machine);
  const evidence = { image, plain: run(), staged: run(), before: none, after: none, ignoresOutput: true };
  const result = await verifyRuns({ image: 'i', manifest, command: [] }, evidence, machine);
  const checks = result.ok ? result.value.checks : [];
  const differing = checks.filter(({ outcome }) => outcome === 'differs').map(({ id }) => id);
  expect(differing).toEqual(['stage', 'staged-calls']);
});

test('a run that was not traced to its end is not compared', async () => {
  const result = await verified({
    staged: ({ draft }) =>
      draft.fact('missing', { what: "the job's trace", because: 'strace is not installed', hint: 'Install strace.' }),
  });
  expect(result).toMatchObject({
    failure: {
      message: 'the run from the image could not be seen whole: strace is not installed',
      hint: 'Install strace.',
    },
  });
});

test.for([
  ['a byte of a layer', 65_536 + 7, 'the layer dependencies is not as it was packed'],
  ['a byte of the header', 20, 'the header of launch is not as it was written'],
] as const)('%s that is another makes the image differ', async ([, at, line]) => {
  const launch = headerOf(DIGEST) + LAYER;
  const machine = memoryMachine({ '/image/launch': `${launch.slice(0, at)}!${launch.slice(at + 1)}` });
  const check = await checkImage('/image/launch', manifest, machine);
  expect(check).toMatchObject({ outcome: 'differs', details: [line] });
  expect(verifyDamaged({ image: 'i', manifest, command: [] }, check)).toMatchObject({ green: false });
});

test('a launch that is cut short', async () => {
  const machine = memoryMachine({ '/image/launch': (headerOf(DIGEST) + LAYER).slice(0, -1) });
  expect(await checkImage('/image/launch', manifest, machine)).toMatchObject({ outcome: 'differs' });
});

test('a manifest of another image', async () => {
  const machine = memoryMachine(tree());
  const other = { ...manifest, digest: sha256('other') };
  const { details } = await checkImage('/image/launch', other, machine);
  expect(details).toEqual(['manifest.json is of another image than launch']);
});
