import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '#base';
import type { ObservedRun } from '#verify';
import type { Context } from '../command.ts';
import { readRecordings } from '../files/index.ts';
import { findPython } from './python.ts';

/** Of each stream; a job that writes more is compared so far. */
const MOST_OUTPUT_BYTES = 64 * 2 ** 20;

interface Ran {
  readonly status: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly error: string;
}

/** Keeps what a stream says, a character a byte, up to the most. */
function gather(stream: NodeJS.ReadableStream): () => string {
  const pieces: Buffer[] = [];
  let bytes = 0;
  stream.on('data', (piece: Buffer) => {
    if (bytes < MOST_OUTPUT_BYTES) pieces.push(piece.subarray(0, MOST_OUTPUT_BYTES - bytes));
    bytes += piece.length;
  });
  return () => Buffer.concat(pieces).toString('latin1');
}

const PASSED_ON = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Nothing is on its standard input: two runs could not read the same. */
function run(program: string, args: readonly string[]): Promise<Result<Ran>> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const [out, error] = [gather(child.stdout), gather(child.stderr)];
    const pass = (signal: NodeJS.Signals) => void child.kill(signal);
    for (const signal of PASSED_ON) process.on(signal, pass);
    const settle = (result: Result<Ran>) => {
      for (const signal of PASSED_ON) process.off(signal, pass);
      resolve(result);
    };
    child.on('error', ({ message }) => settle(failure({ code: 'cli/cannot-start', message })));
    child.on('close', (status, signal) => settle(success({ status, signal, out: out(), error: error() })));
  });
}

export interface Observation {
  readonly command: readonly string[];
  /** A folder of our own, and the name that the recording gets in it. */
  readonly folder: string;
  readonly name: string;
}

/** Runs a command once under the collector, traced, with whole paths, and keeps what it writes. */
export async function observe({ command, folder, name }: Observation, context: Context): Promise<Result<ObservedRun>> {
  const python = findPython(context.environment);
  if (!python.ok) return python;
  const program = join(context.folder, 'dist', 'pharos-collect.pyz');
  const options = ['--trace', 'job', '--paths', 'whole', '-o', join(folder, `${name}.pharos`)];
  const ran = await run(python.value, ['-I', '-S', program, ...options, '--', ...command]);
  if (!ran.ok) return ran;
  // In a job step its name tells the node and the rank.
  const files = readdirSync(folder).filter((file) => file.startsWith(`${name}.`) && file.endsWith('.pharos'));
  const recordings = await readRecordings(files.map((file) => join(folder, file)));
  if (!recordings.ok) {
    const said = /^error: (.*)(?:\nhint: (.*))?/m.exec(ran.value.error);
    return failure({
      code: 'cli/no-recording',
      message: said?.[1] ?? `the collector ended with status ${ran.value.status} and left no recording`,
      hint: said?.[2] ?? 'Run pharos audit with the same command to see why.',
    });
  }
  const { out, error } = ran.value;
  return success({ recording: recordings.value[0], output: { out, error } });
}
