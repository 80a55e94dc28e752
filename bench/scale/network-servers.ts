import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ask, root, run } from '../../test/real/run.ts';
import { built, makeEnvironment, shared } from './environment.ts';

// Network file systems that nobody here wrote, with the environment on them and a mount for each node.

/** A server that runs until it is stopped. */
export interface Served {
  /** So many clients that know nothing. What they learn they keep for the whole start. */
  cold(nodes: number): readonly string[];
  stop(): void;
}

const KEEP_NAMES = 3600;

function served(name: string, script: string, state: string, mountOptions: readonly string[]): Served {
  const mounted: string[] = [];
  const unmount = () => {
    for (const point of mounted.splice(0)) run(['umount', point]);
  };
  return {
    cold(nodes) {
      unmount();
      for (let node = 0; node < nodes; node += 1) {
        const point = join(built, name, `node${node}`);
        ask([script, 'mount', state, point, ...mountOptions]);
        mounted.push(point);
      }
      return [...mounted];
    },
    stop() {
      unmount();
      run([script, 'stop', state]);
    },
  };
}

/** An empty folder below build/scale. */
function stateOf(name: string): string {
  const state = join(built, name, 'state');
  rmSync(state, { recursive: true, force: true });
  mkdirSync(state, { recursive: true });
  return state;
}

export const glusterNeeds = ['glusterfsd', 'glusterfs', 'root', 'fuse', 'unshare'];

export interface GlusterOptions {
  readonly threads: number;
  /** Microseconds that a call holds a thread. */
  readonly delay?: number;
  readonly delayed?: 'names' | 'all';
}

export function serveGluster({ delay, delayed, threads }: GlusterOptions): Served {
  const script = join(root, 'test/cluster/glusterfs.sh');
  const brick = join(built, 'gluster/brick');
  makeEnvironment();
  const state = stateOf('gluster');
  if (!existsSync(brick)) ask(['cp', '-a', shared, brick]);
  const env = {
    GLUSTER_THREADS: String(threads),
    GLUSTER_DELAY: delay === undefined ? undefined : String(delay),
    GLUSTER_DELAYED: delayed,
  };
  ask([script, 'serve', state, brick], { env });
  return served('gluster', script, state, [`--entry-timeout=${KEEP_NAMES}`, `--attribute-timeout=${KEEP_NAMES}`]);
}

export const mooseNeeds = ['mfsmaster', 'mfschunkserver', 'mfsmount', 'ip', 'root', 'fuse', 'unshare'];

/** Until a chunk server has come, nothing can be written. */
const SETTLE_SECONDS = '3';

export function serveMoose(): Served {
  const script = join(root, 'test/cluster/moosefs.sh');
  makeEnvironment();
  const state = stateOf('moose');
  ask([script, 'serve', state]);
  const keep = ['mfsattrcacheto', 'mfsentrycacheto', 'mfsdirentrycacheto'].map((name) => `${name}=${KEEP_NAMES}`);
  const moose = served('moose', script, state, ['-o', keep.join(',')]);
  try {
    const [point = ''] = moose.cold(1);
    ask(['sleep', SETTLE_SECONDS]);
    ask(['cp', '-a', `${shared}/.`, point]);
    return moose;
  } catch (cause) {
    moose.stop();
    throw cause;
  }
}
