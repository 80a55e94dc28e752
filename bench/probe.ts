import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from './median.ts';

// What the probe adds to a start: the imports of examples/analysis, bare and observed in turn, from the beginning of
// the process to the end of the last import, as the script itself tells it.

const root = join(import.meta.dirname, '..');
const PAIRS = 9;
const LIMIT_RATIO = 1.25;

// The kernel tells when a process began in hundredths of a second since boot.
const SCRIPT = `import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot, pandas, scipy.interpolate, scipy.optimize
import os, time
with open("/proc/self/stat") as stat:
    began = int(stat.read().rsplit(")", 1)[1].split()[19]) / os.sysconf("SC_CLK_TCK")
print(time.clock_gettime(time.CLOCK_BOOTTIME) - began)
`;

function seconds(command: readonly string[], cwd: string): number {
  const [program = '', ...args] = command;
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, encoding: 'utf8', timeout: 120_000 });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}

const python = join(root, 'examples/.venv/bin/python');
if (existsSync(python)) {
  const folder = mkdtempSync(join(tmpdir(), 'pharos-bench-'));
  try {
    writeFileSync(join(folder, 'imports.py'), SCRIPT);
    const bare = [python, 'imports.py'];
    const observed = [python, join(root, 'dist/pharos-collect.pyz'), '--no-replay', '-o', 'job.pharos', '--', ...bare];
    seconds(bare, folder);
    const pairs = Array.from({ length: PAIRS }, () => ({
      bare: seconds(bare, folder),
      observed: seconds(observed, folder),
    }));
    const ratios = pairs.map((pair) => pair.observed / pair.bare);
    const ratio = median(ratios);
    console.log(`pairs  bare s  observed s  ratio (median; lowest to highest)`);
    const cells = [
      PAIRS.toString().padStart(5),
      median(pairs.map((pair) => pair.bare))
        .toFixed(2)
        .padStart(6),
      median(pairs.map((pair) => pair.observed))
        .toFixed(2)
        .padStart(10),
      `${ratio.toFixed(3)} (${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)})`,
    ];
    console.log(cells.join('  '));
    console.log(`limit: ${LIMIT_RATIO}`);
    if (ratio > LIMIT_RATIO) process.exitCode = 1;
  } finally {
    rmSync(folder, { recursive: true });
  }
} else {
  console.log('skipped: there is no examples/.venv; ./pharos demo makes it');
}
