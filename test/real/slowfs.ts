import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './make-folder.ts';
import { ask, root, run } from './run.ts';

export const slowfsNeeds = ['gcc', 'make', 'pkg-config', 'fuse', 'root'];

const program = join(root, 'build/slowfs');

export interface Counters {
  readonly bytesRead: number;
  readonly requests: Readonly<Record<string, number>>;
  readonly waitedSeconds: Readonly<Record<string, number>>;
}

interface Printed {
  readonly total: Counters;
  readonly clients: Readonly<Record<string, Counters>>;
}

/** One line of the log: who asked what, about which path below the root. */
export interface LoggedRequest {
  readonly client: string;
  readonly kind: string;
  readonly error: number;
  readonly process: number;
  readonly path: string;
}

export function buildSlowfs(): string {
  ask(['make', '-s', '-C', join(root, 'test/cluster/slowfs')]);
  return program;
}

/** Turns dials of the server, sets its counters to zero with `reset`, and returns what it counted. */
export function controlServer(model: string, ...words: readonly string[]): Printed {
  return JSON.parse(ask([program, 'control', model, ...words]));
}

export function readRequestLog(file: string): LoggedRequest[] {
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  return lines.map((line) => {
    const [client = '', kind = '', error, process, ...path] = line.split(' ');
    return { client, kind, error: Number(error), process: Number(process), path: path.join(' ') };
  });
}

/** Serves a folder slowly. `remount` gives a cold client, whatever it knew before. A log takes time of its own. */
export function serveSlowly(folder: string, options: readonly string[] = [], isLogged = true) {
  buildSlowfs();
  const state = makeFolder('slowfs');
  const [mount, model, log] = [join(state, 'mount'), join(state, 'model'), join(state, 'log')];
  const all = [
    `model=${model}`,
    ...(isLogged ? [`log=${log}`] : []),
    'client=one',
    'entry_timeout=3600',
    'attribute_timeout=3600',
    ...options,
  ];
  const start = () => ask([program, folder, mount, '-o', [...all, 'allow_other'].join(',')]);
  const stop = () => run(['fusermount3', '-u', '-z', mount]);
  mkdirSync(mount);
  start();
  return {
    mount,
    model,
    log,
    /** Sends words to the server, as `slowfs control` takes them. */
    control: (...words: readonly string[]) => controlServer(model, ...words),
    /** A cold client and counters at zero. */
    remount() {
      stop();
      controlServer(model, 'reset');
      rmSync(log, { force: true });
      start();
    },
    stop() {
      stop();
      rmSync(state, { recursive: true, force: true });
    },
  };
}
