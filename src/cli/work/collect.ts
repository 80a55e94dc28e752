import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { failure, type Result, success } from '#base';
import type { Context } from '../command.ts';
import { findPython, OLDEST_MINOR } from './python.ts';

export interface Collection {
  /** The start of the command, or a look into the job step that it is run in. */
  readonly mode: 'audit' | 'doctor';
  readonly stem: string;
  readonly command: readonly string[];
  /** Options of the collector, as they are passed on. */
  readonly options: readonly string[];
}

/** How a program ended: its exit status as a shell says it, and the signal that told us to stop meanwhile. */
export interface Ended {
  readonly status: number;
  readonly interrupted?: 'SIGINT' | 'SIGTERM';
}

const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;

export function signalStatus(signal: NodeJS.Signals): number {
  return 128 + constants.signals[signal];
}

/**
 * Waits for a program that shares our terminal. Ctrl-C reaches it there, so ours is only not to die of it;
 * other signals are sent to us alone and are passed on.
 */
export function wait(program: string, args: readonly string[]): Promise<Result<Ended>> {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'inherit' });
    let interrupted: Pick<Ended, 'interrupted'> = {};
    const pass = (signal: NodeJS.Signals) => {
      if (signal === 'SIGINT' || signal === 'SIGTERM') interrupted = { interrupted: signal };
      if (signal !== 'SIGINT' || !(process.stdin.isTTY || process.stderr.isTTY)) child.kill(signal);
    };
    const signals = ['SIGINT', ...FORWARDED] as const;
    for (const signal of signals) process.on(signal, pass);
    const settle = (result: Result<Ended>) => {
      for (const signal of signals) process.off(signal, pass);
      resolve(result);
    };
    child.on('error', ({ message }) => settle(failure({ code: 'cli/cannot-start', message })));
    child.on('close', (status, signal) =>
      settle(success({ status: signal ? signalStatus(signal) : (status ?? 0), ...interrupted })),
    );
  });
}

/** What the names of recordings have between the stem and the end: node and rank, the node's name in a doctor's. */
const BETWEEN = { audit: /^(?:\d+\.\d+\.)?pharos$/, doctor: /^[\w-]+\.(?:\d+\.)?pharos$/ } as const;

/** Recordings below the stem, one or one for each observed rank or node, each with what tells whether it was written anew. */
function listRecordings(stem: string, mode: Collection['mode']): Map<string, string> {
  const folder = stem.slice(0, stem.lastIndexOf('/') + 1);
  const name = stem.slice(folder.length);
  const isOurs = (file: string) => file.startsWith(`${name}.`) && BETWEEN[mode].test(file.slice(name.length + 1));
  const files = readdirSync(folder || '.').filter(isOurs);
  const byNumber = files.sort((a, b) => a.localeCompare(b, 'en', { numeric: true }));
  return new Map(
    byNumber.map((file) => {
      const { ino, mtimeNs } = statSync(folder + file, { bigint: true });
      return [folder + file, `${ino} ${mtimeNs}`];
    }),
  );
}

/** Node decodes arguments as UTF-8, and what is none is lost; the kernel still has the bytes. */
function rawCommand(command: readonly string[]): readonly Buffer[] | undefined {
  if (!command.some((word) => word.includes('\ufffd'))) return undefined;
  const words = readFileSync('/proc/self/cmdline').toString('latin1').split('\0').slice(0, -1);
  return words.slice(-command.length).map((word) => Buffer.from(word, 'latin1'));
}

/** Becomes the program that its arguments spell in hexadecimal: no other way leads from Node to arbitrary bytes. */
const BECOME = 'import os, sys; a = [bytes.fromhex(x) for x in sys.argv[1:]]; os.execv(a[0], a)';

/** What the user's environment and site folders do to Python happens in the job, not once more in the collector. */
const ALONE = ['-I', '-S'] as const;

function startCollector(python: string, collector: readonly string[], command: readonly string[]) {
  const raw = rawCommand(command);
  if (!raw) return wait(python, [...ALONE, ...collector, '--', ...command]);
  const words = [...[python, ...ALONE, ...collector, '--'].map((word) => Buffer.from(word)), ...raw];
  return wait(python, [...ALONE, '-c', BECOME, ...words.map((word) => word.toString('hex'))]);
}

export interface Collected extends Ended {
  /** Empty on a rank that is not observed, and where the collector could not do its work. */
  readonly files: readonly string[];
}

/** Runs the command once under the collector. The job has our standard streams. */
export async function collect(
  { mode, stem, command, options }: Collection,
  context: Context,
): Promise<Result<Collected>> {
  const python = findPython(context.environment, '', OLDEST_MINOR[mode]);
  if (!python.ok) return python;
  const before = listRecordings(stem, mode);
  const program = join(context.folder, 'dist', 'pharos-collect.pyz');
  const collector = [program, ...(mode === 'doctor' ? ['doctor'] : []), '-o', `${stem}.pharos`, ...options];
  const ended = await startCollector(python.value, collector, command);
  if (!ended.ok) return ended;
  const written = [...listRecordings(stem, mode)].filter(([file, mark]) => before.get(file) !== mark);
  return success({ files: written.map(([file]) => file), ...ended.value });
}
