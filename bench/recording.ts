import { spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { gatherers } from '#gather';
import { recordingReader } from '#schema';
import { syntheticRecording } from './synthetic-recording.ts';

// How much time of the processor it takes to read a recording and gather every artifact, and how much memory: other work
// on the machine does not count. `node bench/recording.ts` prints the table; each size is measured in a process of its
// own. Issue 2 asks for 10⁶ operations in 4 s and 600 MB, and for time that grows with the size.

const SIZES = [10_000, 100_000, 1_000_000];
const LIMIT = { seconds: 4, megabytes: 600 };

interface Measured {
  readonly operations: number;
  readonly accesses: number;
  readonly readSeconds: number;
  readonly gatherSeconds: number;
  readonly megabytes: number;
}

/** Seconds of the processor that this process has used. */
function usedSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

async function measure(file: string): Promise<Measured> {
  const begin = usedSeconds();
  const reader = recordingReader();
  const text = createReadStream(file).pipe(createGunzip()).setEncoding('utf8');
  for await (const chunk of text) if (!reader.push(chunk)) break;
  const recording = reader.end();
  if (!recording.ok) throw new Error(recording.failure.message);
  const read = usedSeconds();
  const artifacts = gatherers.map((gatherer) => gatherer.gather([recording.value]));
  const accesses = artifacts.find((made) => made.ok && 'accesses' in made.value);
  return {
    operations: recording.value.operations.length,
    accesses: accesses?.ok && 'accesses' in accesses.value ? accesses.value.accesses.length : 0,
    readSeconds: read - begin,
    gatherSeconds: usedSeconds() - read,
    megabytes: process.resourceUsage().maxRSS / 1024,
  };
}

function measureApart(file: string): Measured {
  const child = spawnSync(process.execPath, [import.meta.filename, file], { encoding: 'utf8', timeout: 120_000 });
  if (child.status !== 0) throw new Error(child.stderr);
  return JSON.parse(child.stdout);
}

async function table(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pharos-bench-'));
  console.log('operations  file MB  accesses  read s  gather s  total s  peak MB');
  try {
    for (const size of SIZES) {
      const file = join(folder, `${size}.pharos`);
      await pipeline(Readable.from(syntheticRecording(size)), createGzip({ level: 1 }), createWriteStream(file));
      const { operations, accesses, readSeconds, gatherSeconds, megabytes } = measureApart(file);
      const total = readSeconds + gatherSeconds;
      const cells = [
        operations.toString().padStart(10),
        (statSync(file).size / 1e6).toFixed(1).padStart(7),
        accesses.toString().padStart(8),
        readSeconds.toFixed(2).padStart(6),
        gatherSeconds.toFixed(2).padStart(8),
        total.toFixed(2).padStart(7),
        megabytes.toFixed(0).padStart(7),
      ];
      console.log(cells.join('  '));
      if (total > LIMIT.seconds || megabytes > LIMIT.megabytes) process.exitCode = 1;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  console.log(`limit: ${LIMIT.seconds} s, ${LIMIT.megabytes} MB`);
}

const [file] = process.argv.slice(2);
if (file) console.log(JSON.stringify(await measure(file)));
else await table();
