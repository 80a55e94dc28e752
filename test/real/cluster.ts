import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder } from './make-folder.ts';
import { ask, type Ran, root, run, type Where } from './run.ts';
import { buildSlowfs, controlServer } from './slowfs.ts';

export const clusterNeeds = ['root', 'network namespaces', 'slurmctld', 'slurmd', 'munged', 'srun', 'ip'];

const script = join(root, 'test/cluster/cluster.sh');

export interface ClusterOptions {
  readonly nodes?: number;
  readonly processors?: number;
  /** Slurm binds tasks to processors. */
  readonly bind?: boolean;
  /** A folder that every node sees through its own slowfs mount, at `mount`. */
  readonly serves?: string;
  /** More mount options of slowfs. */
  readonly options?: readonly string[];
}

/** Brings a cluster up in a folder of its own, which its nodes share. */
export function startCluster({ nodes = 4, processors = 4, bind = false, serves, options = [] }: ClusterOptions = {}) {
  const state = makeFolder('cluster');
  const [shared, mount, model] = [join(state, 'shared'), join(state, 'shared/mount'), join(state, 'shared/model')];
  mkdirSync(shared, { mode: 0o777 });
  const slow = serves && {
    CLUSTER_NODE_HOOKS: join(root, 'test/cluster/mount-slowfs.sh'),
    SLOWFS: buildSlowfs(),
    SLOWFS_ROOT: serves,
    SLOWFS_MOUNT: mount,
    SLOWFS_MODEL: model,
    SLOWFS_OPTIONS: [`log=${join(shared, 'log')}`, ...options].join(','),
  };
  const env = {
    CLUSTER_STATE: join(state, 'slurm'),
    CLUSTER_VISIBLE: `${shared} ${root}`,
    ...(bind && { CLUSTER_BIND: '1' }),
    ...slow,
  };
  const down = () => {
    run([script, 'down'], { env });
    rmSync(state, { recursive: true, force: true });
  };
  try {
    ask([script, 'up', String(nodes), String(processors)], { env });
  } catch (problem) {
    down();
    throw problem;
  }
  return {
    shared,
    mount,
    log: join(shared, 'log'),
    control: (...words: readonly string[]) => controlServer(model, ...words),
    /** Runs a command on the login machine. */
    login: (command: readonly string[], where: Where = {}): Ran =>
      run([script, 'exec', 'login', '--', ...command], {
        ...where,
        cwd: where.cwd ?? shared,
        env: { ...env, ...where.env },
      }),
    node: (name: string, command: readonly string[]): Ran =>
      run([script, 'exec', name, '--', ...command], { cwd: shared, env }),
    down,
  };
}
