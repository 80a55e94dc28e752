import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failure, formatCountOf, type Result, success } from '#base';
import { followImports, type Linker } from '#environment';
import { ImportEvent, type ImportTrial } from '#schema';
import type { Context } from '../command.ts';

/** Longer than any import takes from a slow file system; a module that waits for a network would wait for ever. */
const USUAL_SECONDS = 120;
/** What it tells of a thousand extension modules is 1 MB. */
const MOST_BYTES = 64 * 1024 * 1024;
const MOST_SAID = 2000;
/** What a process told before its end is in our pipes by then. */
const GRACE_MILLISECONDS = 1000;

/** `numpy`, `scipy.linalg`. */
const MODULE = /^[\p{L}_][\p{L}\p{N}_]*(?:\.[\p{L}_][\p{L}\p{N}_]*)*$/u;

/** The modules that `--import a,b --import c` names. */
export function readModuleNames(lists: readonly string[]): Result<readonly string[]> {
  const names = lists.flatMap((list) => list.split(',')).map((name) => name.trim());
  const wrong = names.find((name) => !MODULE.test(name));
  if (wrong === undefined) return success(names);
  return failure({
    code: 'cli/usage',
    message: `${JSON.stringify(wrong)} is not the name of a module`,
    hint: 'Name modules as Python imports them: --import numpy,scipy.linalg.',
  });
}

interface Ended {
  readonly how: string | undefined;
  readonly told: string;
  readonly said: string;
}

/** Kills the process and all that it started. */
function end(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It ended by itself.
  }
}

function tellEnd(status: number | null, signal: NodeJS.Signals | null, stopped: string | undefined) {
  if (stopped !== undefined) return stopped;
  if (signal) return `signal ${signal}`;
  return status === 0 ? undefined : `exit status ${status}`;
}

interface Run {
  readonly python: string;
  readonly words: readonly string[];
  readonly env: NodeJS.ProcessEnv;
  readonly seconds: number;
}

/** Runs Python in a process group of its own, which ends with it, or when its time is over. */
function start({ python, words, env, seconds }: Run): Promise<Result<Ended>> {
  return new Promise((resolve) => {
    const child = spawn(python, words, { env, stdio: ['ignore', 'ignore', 'pipe', 'pipe'], detached: true });
    const told: Buffer[] = [];
    let [size, said] = [0, ''];
    let stopped: string | undefined;
    const stop = (because: string) => {
      stopped = because;
      end(child.pid);
    };
    const timer = setTimeout(() => stop(`it was stopped after ${formatCountOf(seconds, 'second')}`), seconds * 1000);
    const interrupt = () => stop('it was interrupted');
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, interrupt);
    child.stdio[3]?.on('data', (piece: Buffer) => {
      size += piece.length;
      if (size <= MOST_BYTES) told.push(piece);
      else stop('it told more than can be read');
    });
    child.stderr?.on('data', (piece: Buffer) => {
      said = (said + piece.toString()).slice(-MOST_SAID);
    });
    const settle = (result: Result<Ended>) => {
      clearTimeout(timer);
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.off(signal, interrupt);
      resolve(result);
    };
    child.on('error', ({ message }) => settle(failure({ code: 'cli/cannot-start', message })));
    child.on('exit', () => {
      end(child.pid);
      // What it started in a group of its own has our pipes, and may keep them for ever.
      setTimeout(() => [child.stderr, child.stdio[3]].map((pipe) => pipe?.destroy()), GRACE_MILLISECONDS).unref();
    });
    child.on('close', (status, signal) =>
      settle(success({ how: tellEnd(status, signal, stopped), told: Buffer.concat(told).toString(), said })),
    );
  });
}

/** The last line of a process that was killed is cut. */
function readEvents(text: string): ImportEvent[] {
  return text.split('\n').flatMap((line) => {
    try {
      const event = ImportEvent.safeParse(JSON.parse(line));
      return event.success ? [event.data] : [];
    } catch {
      return [];
    }
  });
}

interface Trial {
  readonly names: readonly string[];
  readonly linker: Linker;
  readonly seconds: number | undefined;
}

/**
 * Imports modules with the environment's own Python, in a process that is thrown away, and follows what it loads. MPI is not
 * initialised, and no bytecode is written; what the modules themselves do when they are imported, they do.
 */
export async function tryImports(
  python: string,
  { names, linker, seconds = USUAL_SECONDS }: Trial,
  { environment, folder, terminal }: Context,
): Promise<Result<ImportTrial>> {
  const program = readFileSync(join(folder, 'dist', 'imports.py'), 'utf8');
  if (terminal.err.colour) terminal.err.print(`importing ${names.join(', ')}`);
  const env = { ...environment, PYTHONDONTWRITEBYTECODE: '1', MPI4PY_RC_INITIALIZE: '0' };
  const ended = await start({ python, words: ['-c', program, '3', ...names], env, seconds });
  if (!ended.ok) return ended;
  const { how, told, said } = ended.value;
  const events = readEvents(told);
  const imports = await followImports(names, events, linker);
  if (how === undefined) return success(imports);
  const during = imports.modules.findLast((_, at) => at < events.filter((event) => 'import' in event).length);
  const isOver = during?.seconds !== undefined || during?.failed !== undefined;
  return success({ ...imports, ended: { how, said, ...(during && !isOver ? { during: during.name } : {}) } });
}
