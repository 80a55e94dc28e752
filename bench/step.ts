import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

// How long `pharos doctor` takes for the recordings of a large step, from its start to its page, beside only unpacking
// them. The recordings are a real one of this machine, made wide: 8 ranks a node, each node with a name of its own.
// `node bench/step.ts`, after `npm run build`. Issue 3 asks for 1,024 nodes in 5 s.

const RANKS_PER_NODE = 8;
const SIZES = [16, 128, 1024];
const LIMIT_SECONDS = 5;

const root = join(import.meta.dirname, '..');
const folder = mkdtempSync(join(tmpdir(), 'pharos-bench-'));

function secondsOf(command: string, args: readonly string[]): number {
  const begin = performance.now();
  const child = spawnSync(command, args, { encoding: 'utf8', timeout: 120_000, maxBuffer: 2 ** 28 });
  if (child.status !== 0) throw new Error(`${command}: ${child.stderr.slice(0, 1000)}`);
  return (performance.now() - begin) / 1000;
}

type Line = [string, ...unknown[]];

/** The lines of one recorded rank, as if `RANKS_PER_NODE` of them had run on node `number` of `nodes`. */
function widen(lines: readonly Line[], number: number, nodes: number): string {
  const first = number * RANKS_PER_NODE;
  const ranks = Array.from({ length: RANKS_PER_NODE }, (_, local) => first + local);
  const wide = lines.flatMap((line): Line[] => {
    const [tag, name, fact] = line as [string, string, Record<string, unknown>];
    if (tag !== 'fact') return [line];
    if (name === 'rank') {
      const claims = (rank: number) => [{ launcher: 'slurm', rank, size: nodes * RANKS_PER_NODE }];
      return ranks.map((rank) => [tag, name, { ...fact, rank, localRank: rank - first, claims: claims(rank) }]);
    }
    const size = { nodes, ranks: nodes * RANKS_PER_NODE, ranksPerNode: RANKS_PER_NODE, node: number };
    if (name === 'launch') return [[tag, name, { ...fact, launcher: 'slurm', ...size }]];
    if (name === 'step')
      return [[tag, name, { ...fact, nodeName: `n${number}`, localRanks: RANKS_PER_NODE, key: 'k' }]];
    return [[tag, name, fact.ranks ? { ...fact, ranks } : fact]];
  });
  return wide.map((line) => `${JSON.stringify(line)}\n`).join('');
}

try {
  const collector = join(root, 'dist/pharos-collect.pyz');
  const command = ['doctor', '-o', join(folder, 'real.pharos'), '--', 'python3', '-c', 'import json, sqlite3, ctypes'];
  secondsOf('python3', [collector, ...command]);
  const [real = ''] = readdirSync(folder);
  const lines: Line[] = gunzipSync(readFileSync(join(folder, real)))
    .toString()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  console.log('nodes   ranks  kB a node  unpack s  doctor s  ratio');
  for (const nodes of SIZES) {
    const files = Array.from({ length: nodes }, (_, number) => join(folder, `${nodes}.${number}.pharos`));
    for (const [number, file] of files.entries()) writeFileSync(file, gzipSync(widen(lines, number, nodes)));
    const kilobytes = readFileSync(files[0] ?? '').length / 1000;
    const unpack = secondsOf('gzip', ['-t', ...files]);
    const doctor = secondsOf(process.execPath, [join(root, 'dist/pharos.mjs'), 'doctor', ...files]);
    const cells = [
      nodes,
      nodes * RANKS_PER_NODE,
      kilobytes.toFixed(1),
      unpack.toFixed(2),
      doctor.toFixed(2),
      (doctor / unpack).toFixed(1),
    ];
    console.log(cells.map((cell, index) => `${cell}`.padStart([5, 6, 9, 8, 8, 5][index] ?? 8)).join('  '));
    if (doctor > LIMIT_SECONDS) process.exitCode = 1;
  }
  console.log(`limit: ${LIMIT_SECONDS} s`);
} finally {
  rmSync(folder, { recursive: true });
}
