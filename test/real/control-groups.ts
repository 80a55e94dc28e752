import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A folder of a controller, of either version, or undefined where there is none that may be written. */
function groupsOf(controller: string): { readonly version: 1 | 2; readonly folder: string } | undefined {
  const [one, two] = [join('/sys/fs/cgroup', controller), '/sys/fs/cgroup'];
  if (existsSync(join(one, 'cgroup.procs'))) return { version: 1, folder: one };
  const controllers = join(two, 'cgroup.subtree_control');
  if (!existsSync(controllers)) return undefined;
  try {
    writeFileSync(controllers, `+${controller}`);
  } catch {
    return undefined;
  }
  return readFileSync(controllers, 'utf8').includes(controller) ? { version: 2, folder: two } : undefined;
}

/** The file that limits, and what is written into it. */
function limitOf(controller: 'cpu' | 'pids', version: 1 | 2, most: number): readonly [string, string] {
  if (controller === 'pids') return ['pids.max', `${most}`];
  const microseconds = most * 100_000;
  return version === 1 ? ['cpu.cfs_quota_us', `${microseconds}`] : ['cpu.max', `${microseconds} 100000`];
}

export interface NestedGroup {
  /** Joins the inner groups and becomes the command. */
  readonly joined: (command: readonly string[]) => string[];
  readonly remove: () => void;
}

/** Groups within groups, of which the outer ones carry the limits; undefined where no controller can be used. */
export function makeNestedGroup(name: string, limits: { cpu: number; pids: number }): NestedGroup | undefined {
  const made: string[] = [];
  const remove = () => {
    for (const folder of made.toReversed()) if (existsSync(folder)) rmdirSync(folder);
  };
  for (const controller of ['cpu', 'pids'] as const) {
    const groups = groupsOf(controller);
    if (!groups) {
      remove();
      process.stderr.write(`skipped: nested control groups: the controller ${controller} cannot be used here\n`);
      return undefined;
    }
    const outer = join(groups.folder, name);
    for (const folder of [outer, join(outer, 'inner')]) {
      if (existsSync(folder)) continue;
      mkdirSync(folder);
      made.push(folder);
      if (groups.version === 2 && folder === outer) writeFileSync(join(folder, 'cgroup.subtree_control'), '+cpu +pids');
    }
    const [file, value] = limitOf(controller, groups.version, limits[controller]);
    writeFileSync(join(outer, file), value);
  }
  const inner = made.filter((folder) => folder.endsWith('/inner')).map((folder) => `'${folder}/cgroup.procs'`);
  const words = inner.map((file) => `echo $$ >${file}`).join(' && ');
  return { joined: (command) => ['sh', '-c', `${words} && exec "$@"`, 'sh', ...command], remove };
}
