import { statSync } from 'node:fs';
import { type Counters, serveSlowly } from '../../test/real/slowfs.ts';
import { shared } from './environment.ts';

export type Dials = Readonly<Record<string, number>>;

/** Nodes whose mounts of a folder, the environment's if nothing else is said, ask one slow server. */
export interface SlowMounts {
  /** The first `count` mounts, as cold as on the first day, and counters at zero. */
  cold(count: number, dials: Dials): readonly string[];
  counters(): Counters;
  stop(): void;
}

export function slowMounts(options: readonly string[], writable = false, folder = shared): SlowMounts {
  const served: ReturnType<typeof serveSlowly>[] = [];
  const first = () => served[0] ?? add();
  const add = () => {
    const model = served[0] ? [`model=${served[0].model}`] : [];
    const own = [...(writable ? [] : ['ro']), `client=node${served.length}`];
    const mount = serveSlowly(folder, [...own, ...options, ...model], false);
    served.push(mount);
    return mount;
  };
  return {
    cold(count, dials) {
      while (served.length < count) add();
      // A mount that is in use knows its root.
      for (const { mount, remount } of served.slice(0, count)) {
        remount();
        statSync(mount);
      }
      first().control('reset', ...Object.entries(dials).map(([dial, value]) => `${dial}=${value}`));
      return served.slice(0, count).map(({ mount }) => mount);
    },
    counters: () => first().control().total,
    stop() {
      for (const { stop } of served) stop();
    },
  };
}
