import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { draftOf, memorySink, names, parts, workshopOf } from '../../test/recordings/image-case.ts';
import { type MemoryHost, memoryHost } from '../../test/recordings/memory-host.ts';
import { type BuiltImage, buildImage } from './build-image.ts';
import { planImage } from './plan-image.ts';
import { readRecorded } from './recorded.ts';

const SITE = '/lustre/env/lib/python3.11/site-packages';
const NOTHING = { whole: [], onlyTraced: false, misses: [], caches: [] };

function machine(): MemoryHost {
  return memoryHost()
    .file('/usr/bin/python3.11')
    .link('/lustre/env/bin/python', 'python3')
    .link('/lustre/env/bin/python3', '/usr/bin/python3.11')
    .file('/lustre/env/pyvenv.cfg', 'home = /usr/bin\n')
    .file(`${SITE}/tool/__init__.py`)
    .file(`${SITE}/tool/unused.py`)
    .file(`${SITE}/other/__init__.py`)
    .file(`${SITE}/tool-1.dist-info/METADATA`)
    .file('/lustre/project/app.py', 'import tool\n')
    .file('/lustre/project/results.csv');
}

const opened = [`${SITE}/tool/__init__.py`, '/lustre/project/app.py', '/lustre/env/bin/python'];

async function planOf(host: MemoryHost, draft = draftOf(opened)) {
  const recorded = readRecorded([draft.recording()], names);
  if (!recorded.ok) throw new Error(recorded.failure.message);
  const workshop = workshopOf(host);
  const plan = await planImage(recorded.value, NOTHING, parts, workshop);
  if (!plan.ok) throw new Error(plan.failure.message);
  return { plan: plan.value, workshop };
}

interface Image extends BuiltImage {
  readonly launch: Buffer;
  readonly keptBytes: number;
}

async function build(host: MemoryHost, before?: Image): Promise<Image> {
  const { plan, workshop } = await planOf(host);
  const sink = memorySink(before?.launch);
  const built = await buildImage(plan, workshop, sink, before?.manifest);
  if (!built.ok) throw new Error(built.failure.message);
  return { ...built.value, launch: sink.bytes(), keptBytes: sink.kept() };
}

/** Names and targets, as tar tells them of one layer. */
function listed({ launch, manifest }: Image, name: string): string[] {
  const layer = manifest.layers.find((each) => each.name === name);
  if (!layer) return [];
  const input = launch.subarray(layer.offset, layer.offset + layer.bytes);
  const text = execFileSync('tar', ['-tvf', '-'], { input, encoding: 'utf8' });
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => line.split(/ +/).slice(5).join(' '));
}

test('an archive a layer: what was used as files, all else in its folders as links back', async () => {
  const lines = listed(await build(machine()), 'dependencies');
  expect(lines).toEqual(
    expect.arrayContaining([
      `${SITE.slice(1)}/tool/__init__.py`,
      `${SITE.slice(1)}/tool/__pycache__/__init__.cpython-311.pyc`,
      `${SITE.slice(1)}/tool/unused.py -> ${SITE}/tool/unused.py`,
      `${SITE.slice(1)}/other -> ${SITE}/other`,
      `${SITE.slice(1)}/tool-1.dist-info/METADATA`,
      'lustre/env/bin/python -> python3',
      'lustre/env/bin/python3 -> /usr/bin/python3.11',
    ]),
  );
  expect(lines.filter((line) => line.includes('usr/bin/python3.11') && !line.includes('->'))).toEqual([]);
});

test('of the user’s folder only what can be imported has a place, whatever results lie there', async () => {
  const host = machine().file('/lustre/project/helper.py').folder('/lustre/project/runs');
  const lines = listed(await build(host), 'user');
  expect(lines).toEqual(
    expect.arrayContaining([
      'lustre/project/app.py',
      'lustre/project/helper.py -> /lustre/project/helper.py',
      'lustre/project/runs -> /lustre/project/runs',
    ]),
  );
  expect(lines.filter((line) => line.includes('results.csv'))).toEqual([]);
});

test('the index tells of each name whether it is packed', async () => {
  const { plan, workshop } = await planOf(machine());
  await buildImage(plan, workshop, memorySink(), undefined);
  const index = workshop.asked[0]?.indexes.find(({ target }) => target.endsWith('dependencies.index'))?.index;
  expect(index).toMatchObject({
    version: 1,
    folders: { [`${SITE}/tool`]: { '__init__.py': 0, 'unused.py': 2 }, [SITE]: { tool: 1, other: 3 } },
    user: ['/lustre/project'],
  });
});

test('the same input makes the same bytes', async () => {
  const [one, two] = [await build(machine()), await build(machine())];
  expect(one.launch.equals(two.launch)).toBe(true);
  expect(one.manifest).toEqual(two.manifest);
});

test('a changed script leaves the layers before it as they are, unread', async () => {
  const before = await build(machine());
  const host = machine().file('/lustre/project/app.py', 'import tool  # more\n');
  const after = await build(host, before);
  expect(after.kept).toEqual(['dependencies', 'start']);
  expect(after.keptBytes).toBe(before.manifest.layers.find(({ name }) => name === 'user')?.offset);
  expect(after.launch.equals((await build(host)).launch)).toBe(true);
  expect(after.manifest.digest).not.toBe(before.manifest.digest);
});

test('the header is a shell program that says what is in the image', async () => {
  const { launch, manifest } = await build(machine());
  const header = launch.subarray(0, manifest.layers[0]?.offset).toString();
  expect(header.length % 65_536).toBe(0);
  const main = `pharos_main() { printf '%s|' "$pharos_digest" "$pharos_user_roots" "$pharos_user_files"; exit 0; }\n`;
  const told = execFileSync('sh', { input: main + header, encoding: 'utf8' });
  expect(told).toBe(`${manifest.digest}|/lustre/project|12\t1767225600\t/lustre/project/app.py|`);
});

test('a file that changes while it is packed is told, and nothing is packed', async () => {
  const host = machine();
  const { plan, workshop } = await planOf(host);
  host.file(`${SITE}/tool/__init__.py`, 'another = 1\n', { modified: 1_800_000_000 });
  expect(await buildImage(plan, workshop, memorySink(), undefined)).toMatchObject({
    failure: { code: 'pack/changed', message: `${SITE}/tool/__init__.py changed while it was packed` },
  });
});

test('a file that vanishes while it is packed is told', async () => {
  const host = machine();
  const { plan, workshop } = await planOf(host);
  host.remove(`${SITE}/tool/__init__.py`);
  expect(await buildImage(plan, workshop, memorySink(), undefined)).toMatchObject({
    failure: { code: 'pack/changed' },
  });
});

test('what was there when it was recorded and is not any more is told', async () => {
  const draft = draftOf(opened);
  draft.import(0, 'lost', { origin: `${SITE}/lost.py` });
  expect((await planOf(machine(), draft)).plan.gone).toEqual([`${SITE}/lost.py`]);
});
