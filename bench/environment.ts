import { spawnSync } from 'node:child_process';
import { globSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { lacks } from '../test/real/machine.ts';
import { root } from '../test/real/run.ts';
import { torch } from '../test/real/staging/environments.ts';
import { median } from './median.ts';

// `node bench/environment.ts [PLACE]`, after `npm run build`: `pharos env` and `pharos why` on a large environment (PyPI's
// torch, some 5 GB, where none is named), against a shell loop of readelf over its shared objects, in one run.

const REPEATS = 5;
const LIMITS = { seconds: 2.5, megabytes: 300, times: 10, share: 0.03, whySeconds: 0.5 } as const;

const place = process.argv[2] ?? torch();
const pharos = join(root, 'pharos');

/** Runs a command, and tells its seconds and the most memory it had, in megabytes. */
const MEASURE = `
import resource, subprocess, sys, time
began = time.monotonic()
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
print(time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1000)
`;

function measure(...command: readonly string[]): readonly [seconds: number, megabytes: number] {
  const { stdout } = spawnSync('python3', ['-c', MEASURE, ...command], { encoding: 'utf8', maxBuffer: 1 << 20 });
  const [seconds = Number.NaN, megabytes = Number.NaN] = stdout.trim().split(' ').map(Number);
  return [seconds, megabytes];
}

/** Bytes that one run reads of files of the place. */
function bytesRead(): number {
  const { stderr } = spawnSync('strace', ['-f', '-y', '-e', 'trace=read,pread64', pharos, 'env', place], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  const calls = stderr.matchAll(/(?:read|pread64)\(\d+<([^>]*)>.* = (\d+)$/gm);
  return [...calls].reduce((all, [, path = '', bytes = '0']) => all + (path.startsWith(place) ? Number(bytes) : 0), 0);
}

const files = globSync('**', { cwd: place, withFileTypes: true }).filter((entry) => entry.isFile());
const bytes = files.reduce((all, entry) => all + lstatSync(join(entry.parentPath, entry.name)).size, 0);
const objects = files.filter(({ name }) => /\.so(\.|$)/.test(name)).length;
console.log(`${place}: ${files.length} files, ${(bytes / 1e9).toFixed(2)} GB, ${objects} shared objects`);

// Warm: each has run once before it is timed.
const loop = `find '${place}' -type f -name '*.so*' | while read -r file; do readelf -dVsW "$file"; done`;
const library = objects > 0 ? 'libstdc++.so.6' : '';
const commands = {
  env: [pharos, 'env', place],
  why: [pharos, 'why', place, library],
  loop: ['sh', '-c', loop],
} as const;
const repeats = { env: REPEATS, why: REPEATS, loop: 1 } as const;
const told = Object.entries(commands).map(([name, command]) => {
  measure(...command);
  const runs = Array.from({ length: repeats[name as keyof typeof repeats] }, () => measure(...command));
  return [
    name,
    { seconds: median(runs.map(([seconds]) => seconds)), megabytes: Math.max(...runs.map(([, most]) => most)) },
  ] as const;
});
const of = Object.fromEntries(told) as Record<keyof typeof commands, { seconds: number; megabytes: number }>;

const row = (what: string, found: string, limit: string, isMet: boolean) =>
  console.log(`${what.padEnd(44)} ${found.padStart(10)}  ${limit.padStart(10)}  ${isMet ? 'met' : 'NOT MET'}`);
console.log(`${'what'.padEnd(44)} ${'found'.padStart(10)}  ${'limit'.padStart(10)}`);
row('pharos env, seconds', of.env.seconds.toFixed(2), `${LIMITS.seconds}`, of.env.seconds <= LIMITS.seconds);
row('pharos env, megabytes', of.env.megabytes.toFixed(0), `${LIMITS.megabytes}`, of.env.megabytes <= LIMITS.megabytes);
const times = of.loop.seconds / of.env.seconds;
row('readelf -dVs in a loop, times as long', times.toFixed(1), `${LIMITS.times}`, times >= LIMITS.times);
if (!lacks('bytes that are read', 'strace')) {
  const share = bytesRead() / bytes;
  row('bytes read of all', `${(100 * share).toFixed(2)} %`, `${100 * LIMITS.share} %`, share <= LIMITS.share);
}
row('pharos why, seconds', of.why.seconds.toFixed(2), `${LIMITS.whySeconds}`, of.why.seconds <= LIMITS.whySeconds);
