import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { localLoader, openProgram } from '../../../../src/cli/work/local-loader.ts';
import { createProcess, type LoaderProcess } from '../../../../src/loader/index.ts';
import { lacks } from '../../machine.ts';
import { run } from '../../run.ts';
import { scratch } from '../../scratch.ts';
import { type Graph, makeGraph, makeKit } from './graph.ts';

const GRAPHS = 300;

/** `opened`, `failed` and `object` lines as the probe prints them; undefined: the program could not start. */
type Told = readonly string[] | undefined;

const isOfGraph = (graph: Graph) => (line: string) =>
  !line.startsWith('object ') || line.startsWith(`object ${graph.folder}`);

function actual(graph: Graph): Told {
  const { status, stdout } = run([graph.program, ...graph.opens], { cwd: graph.folder, env: graph.env });
  const absolute = (line: string) => line.replace(/^object (?=[^/])(?!linux-vdso)/, `object ${graph.folder}/`);
  return status === 0 ? stdout.trim().split('\n').map(absolute).filter(isOfGraph(graph)) : undefined;
}

async function predicted(graph: Graph): Promise<Told> {
  const program = await openProgram(graph.program);
  if (!program.ok) throw new Error(program.failure.message);
  const machine = await localLoader(program.value, graph.env, graph.folder);
  if (!machine.ok) throw new Error(machine.failure.message);
  const process: LoaderProcess = createProcess(machine.value.machine, program.value);
  const start = await process.load(program.value.path);
  if (start.some(({ path, how }) => path === undefined && how !== 'preload')) return undefined;
  const lines: string[] = [];
  for (const name of graph.opens) {
    const resolutions = await process.load(name);
    lines.push(`${resolutions.some(({ path }) => path === undefined) ? 'failed' : 'opened'} ${name}`);
  }
  return [...lines, ...process.objects.slice(1).map(({ path }) => `object ${path}`)].filter(isOfGraph(graph));
}

describe.skipIf(lacks('what the loader does', 'gcc', 'ld'))('as glibc loads', () => {
  test(`${GRAPHS} random graphs: the same copies, in the same order`, async () => {
    const folder = scratch('graphs');
    const kit = makeKit(join(folder, 'kit'));
    const different: unknown[] = [];
    let [started, objects] = [0, 0];
    for (let seed = 1; seed <= GRAPHS; seed += 1) {
      const graph = makeGraph(join(folder, `graph-${seed}`), seed, kit);
      const [real, ours] = [actual(graph), await predicted(graph)];
      if (real) started += 1;
      objects += real?.length ?? 0;
      if (JSON.stringify(real) !== JSON.stringify(ours))
        different.push({ seed, env: graph.env, program: graph.program, real, ours });
    }
    console.info(
      `loader: ${GRAPHS - different.length} of ${GRAPHS} graphs as glibc loads them; ${started} programs started, ${objects} objects`,
    );
    expect(different).toEqual([]);
    expect(objects).toBeGreaterThan(GRAPHS);
  });
});
