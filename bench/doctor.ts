import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { median } from './median.ts';

// What the doctor takes of a rank beyond the imports that it watches: the imports of examples/analysis, bare and under the
// doctor in turn. Memory is the collector's own peak, and by how much the job's own is higher than bare.

const root = join(import.meta.dirname, '..');
const PAIRS = 9;
const LIMITS = { addedSeconds: 0.3, addedMegabytes: 30, wallSeconds: 10 };

const SCRIPT = `import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot, pandas, scipy.interpolate, scipy.optimize
with open("/proc/self/status") as status:
    print([line.split()[1] for line in status if line.startswith("VmHWM")][0])
`;

interface Run {
  readonly seconds: number;
  /** The peak of the process that was started. */
  readonly ownKilobytes: number;
  readonly stdout: string;
}

function peakOf(process: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${process}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function run([program = '', ...args]: readonly string[], cwd: string): Promise<Run> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
    let [stdout, ownKilobytes] = ['', 0];
    child.stdout.on('data', (text) => {
      stdout += text;
    });
    const watch = setInterval(() => {
      ownKilobytes = Math.max(ownKilobytes, peakOf(child.pid ?? 0));
    }, 5);
    child.on('close', (status) => {
      clearInterval(watch);
      if (status !== 0) reject(new Error(`${program} ended with status ${status}`));
      resolve({ seconds: (performance.now() - began) / 1000, ownKilobytes, stdout });
    });
  });
}

/** What the recording says that the job's process took at most. */
function jobKilobytes(folder: string): number {
  const file = readdirSync(folder).find((name) => /^step\..*\.pharos$/.test(name)) ?? '';
  const [, bytes] = /"peakBytes":(\d+)/.exec(gunzipSync(readFileSync(join(folder, file))).toString()) ?? [];
  return Number(bytes) / 1024;
}

async function measure(folder: string, python: string) {
  writeFileSync(join(folder, 'imports.py'), SCRIPT);
  const bare = [python, 'imports.py'];
  const watched = [python, join(root, 'dist/pharos-collect.pyz'), 'doctor', '-o', 'step.pharos', '--', ...bare];
  await run(bare, folder);
  const pairs: { bare: Run; watched: Run; job: number }[] = [];
  for (let pair = 0; pair < PAIRS; pair += 1) {
    const one = await run(bare, folder);
    const other = await run(watched, folder);
    pairs.push({ bare: one, watched: other, job: jobKilobytes(folder) });
  }
  return {
    addedSeconds: median(pairs.map((pair) => pair.watched.seconds - pair.bare.seconds)),
    wallSeconds: median(pairs.map((pair) => pair.watched.seconds)),
    addedMegabytes: median(
      pairs.map((pair) => (pair.watched.ownKilobytes + pair.job - Number(pair.bare.stdout)) * 0.001024),
    ),
  };
}

const python = join(root, 'examples/.venv/bin/python');
if (existsSync(python)) {
  const folder = mkdtempSync(join(tmpdir(), 'pharos-bench-'));
  try {
    const measured = await measure(folder, python);
    console.log('what            median  limit');
    for (const [name, limit] of Object.entries(LIMITS)) {
      const value = measured[name as keyof typeof measured];
      console.log(`${name.padEnd(14)}  ${value.toFixed(2).padStart(6)}  ${String(limit).padStart(5)}`);
      if (value > limit) process.exitCode = 1;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
} else {
  console.log('skipped: there is no examples/.venv; ./pharos demo makes it');
}
