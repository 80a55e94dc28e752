import { realpathSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { localHost } from '../../../../src/cli/files/index.ts';
import { localLoader, openProgram } from '../../../../src/cli/work/local-loader.ts';
import { readEnvironment } from '../../../../src/environment/index.ts';
import { createProcess } from '../../../../src/loader/index.ts';
import { lacks } from '../../machine.ts';
import { ask, run } from '../../run.ts';
import { analysis } from '../environments.ts';

/** Opens the files of stdin, tells which could be opened, then what is in memory. */
const OPEN = `
import ctypes, os, re, sys
for path in sys.stdin.read().split("\\n"):
    try:
        ctypes.CDLL(path, mode=os.RTLD_NOW)
    except OSError as error:
        print("failed", path)
print(*sorted({line.split(None, 5)[5].strip() for line in open("/proc/self/maps") if ".so" in line}), sep="\\n")
`;

/** Extension modules of the environment by their distribution. */
async function modules(place: string): Promise<ReadonlyMap<string, string[]>> {
  const read = await readEnvironment(localHost, { place, around: { pythonPath: [] } });
  if (!read.ok) throw new Error(read.failure.message);
  const { objects, distributions } = read.value;
  const byName = new Map<string, string[]>();
  for (const { path, kind, distribution } of objects) {
    if (kind !== 'extension' || distribution === undefined) continue;
    const name = distributions[distribution]?.name ?? '';
    byName.set(name, [...(byName.get(name) ?? []), path]);
  }
  return byName;
}

/** What a process of Python would have in memory after it opened these one after another. */
async function predict(python: string, paths: readonly string[]): Promise<string[]> {
  const program = await openProgram(python);
  if (!program.ok) throw new Error(program.failure.message);
  const machine = await localLoader(program.value, {}, '/');
  if (!machine.ok) throw new Error(machine.failure.message);
  const process = createProcess(machine.value.machine, program.value);
  const ctypes = ask([python, '-c', 'import _ctypes; print(_ctypes.__file__)']).trim();
  await process.load(ctypes);
  const by = process.objects.find(({ path }) => path === ctypes);
  const failed: string[] = [];
  for (const path of paths) {
    const resolutions = await process.load(path, by);
    if (resolutions.some((one) => one.path === undefined)) failed.push(`failed ${path}`);
  }
  const here = process.objects.slice(1).map(({ path }) => realpathSync(path));
  return [...failed, ...new Set(here.sort())];
}

/** Of the interpreter's own, which ctypes does not open. */
const isOfOpened = (line: string) => !line.includes('/lib-dynload/') || line.includes('_ctypes');

describe('in an environment of data analysis', () => {
  test('every extension module gets the copies that a real Python gives it', async () => {
    const python = join(analysis(), 'bin/python');
    const byName = await modules(analysis());
    const different: unknown[] = [];
    let [count, copies] = [0, 0];
    for (const [name, paths] of [...byName, ['all', [...byName.values()].flat()] as const]) {
      const { stdout } = run([python, '-I', '-c', OPEN], { input: paths.join('\n'), seconds: 60 });
      const real = stdout.trim().split('\n').filter(isOfOpened);
      const ours = (await predict(python, paths)).filter(isOfOpened);
      count += paths.length;
      copies += real.length;
      if (JSON.stringify(real) !== JSON.stringify(ours)) {
        const without = (all: readonly string[], others: readonly string[]) =>
          all.filter((one) => !others.includes(one));
        different.push({ name, onlyReal: without(real, ours), onlyOurs: without(ours, real) });
      }
    }
    console.info(
      `loader: ${count} modules opened by Python, ${copies} copies as glibc chose them, ${different.length} processes differ`,
    );
    expect(different).toEqual([]);
    expect(count).toBeGreaterThan(400);
  });

  /** `├── libz.so.1 => …` in a tree of paths: `path [why]`. */
  const LINE = /([^\s│├└─]\S*) \[(rpath|runpath|LD_LIBRARY_PATH|ld\.so\.conf|default path|direct)\]/;

  test.skipIf(lacks('what libtree says', 'libtree'))('libtree finds the same copies', async () => {
    const python = join(analysis(), 'bin/python');
    const paths = [...(await modules(analysis())).values()].map(([first = '']) => first);
    const program = await openProgram(python);
    if (!program.ok) throw new Error(program.failure.message);
    let compared = 0;
    for (const path of paths) {
      const machine = await localLoader(program.value, {}, '/');
      if (!machine.ok) throw new Error(machine.failure.message);
      const process = createProcess(machine.value.machine, program.value);
      const ours = new Set((await process.load(path)).flatMap((one) => (one.path ? [realpathSync(one.path)] : [])));
      const { stdout } = run(['libtree', '-p', path]);
      const theirs = stdout.split('\n').flatMap((line) => LINE.exec(line)?.[1] ?? []);
      compared += theirs.length;
      for (const one of theirs) expect(ours, path).toContain(realpathSync(one));
    }
    console.info(`loader: ${compared} libraries of ${paths.length} modules where libtree finds them`);
    expect(compared).toBeGreaterThan(20);
  });
});
