import { join } from 'node:path';
import { systemPython } from '../examples.ts';
import { environmentOf } from '../mpi-kits.ts';
import * as environments from './environments.ts';

/** A job as a user types it, and where it reads. */
export interface Job {
  /** Words that start the ranks; `launch` comes after them. */
  readonly starter?: readonly string[];
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Of `pharos pack`. */
  readonly options?: readonly string[];
  /** Folders of libraries: nothing asks for them when the job starts from its image. */
  readonly libraries: readonly string[];
  /** The user's own. */
  readonly user: readonly string[];
  readonly ranks?: number;
  /** 0 if absent. */
  readonly status?: number;
}

export interface Kind {
  readonly name: string;
  readonly needs?: readonly string[];
  /** What Pharos cannot do yet: the test is skipped, and says so. */
  readonly awaits?: string;
  job(): Job;
}

const script = (name: string): string => join(environments.project(), name);
const python = (environment: string): string => join(environment, 'bin/python');

function scriptIn(environment: string, name: string, ...args: readonly string[]): Job {
  const user = [environments.project()];
  return { command: [python(environment), script(name), ...args], libraries: [environment], user };
}

/** The children's imports are in a recording only where the job itself is traced. */
const TRACED = ['--trace', 'job'];

function inDistributions(command: (environment: string) => readonly string[]): Job {
  const folder = environments.distributions();
  const environment = join(folder, 'env');
  const user = [environments.project(), join(folder, 'sources')];
  return { command: command(environment), libraries: [environment], user };
}

function layered(name: string, { folder, env }: environments.Layers): Job {
  return { command: [systemPython, script(name)], env, libraries: [folder], user: [environments.project()] };
}

const MPIRUN = ['mpirun', '--allow-run-as-root', '--oversubscribe', '-n', '8'];

export const kinds: readonly Kind[] = [
  {
    name: 'a venv on the system Python',
    job: () => ({ ...scriptIn(environments.venv(), 'numerics.py', '5', 'two words'), status: 5 }),
  },
  {
    name: 'a venv on a Python on shared storage',
    job: () => {
      const job = scriptIn(environments.sharedVenv(), 'numerics.py');
      return { ...job, libraries: [...job.libraries, environments.sharedPython()] };
    },
  },
  { name: 'an environment of uv', job: () => scriptIn(join(environments.uvEnvironment(), 'env'), 'numerics.py') },
  {
    name: 'layers by PYTHONPATH and LD_LIBRARY_PATH',
    needs: ['gcc'],
    job: () => {
      const { folder, env } = environments.layers();
      return layered('modulefiles.py', { folder, env: { ...env, PYTHONPATH: join(folder, 'numpy/lib/python') } });
    },
  },
  {
    name: "a folder of the user's own on PYTHONPATH",
    needs: ['gcc'],
    awaits: 'the first imports of the interpreter look into it, ten calls, before anything of ours can begin',
    job: () => {
      const job = layered('layers.py', environments.layers());
      const [folder = ''] = job.libraries;
      // What has no metadata of a distribution is taken for the user's own.
      const libraries = ['numpy', 'pressure'].map((layer) => join(folder, layer));
      return { ...job, libraries, user: [...job.user, join(folder, 'gauge')] };
    },
  },
  {
    name: 'a prefix in the style of conda',
    needs: ['gcc'],
    job: () => scriptIn(environments.condaPrefix(), 'prefix.py'),
  },
  {
    name: 'a script of a prefix in the style of conda',
    needs: ['gcc'],
    job: () => ({
      ...scriptIn(environments.condaPrefix(), ''),
      command: [join(environments.condaPrefix(), 'bin/tides')],
    }),
  },
  {
    name: 'a chain of absolute DT_RPATHs',
    needs: ['gcc'],
    job: () => layered('depth.py', environments.spackTree()),
  },
  {
    name: 'a view of links on libraries with absolute DT_RPATHs',
    needs: ['gcc'],
    job: () => layered('depth.py', environments.spackView()),
  },
  {
    name: 'mpi4py with 8 ranks',
    needs: ['mpirun'],
    job: () => {
      const environment = join(environmentOf('numpy', ['mpi4py==4.1.2', 'numpy==2.2.6']), '../..');
      return { ...scriptIn(environment, 'ranks.py'), starter: MPIRUN, ranks: 8 };
    },
  },
  {
    name: 'pools that spawn and that fork from a server',
    job: () => ({ ...scriptIn(environments.venv(), 'pool.py'), options: TRACED, ranks: 4 }),
  },
  {
    name: 'children of sys.executable without an environment',
    job: () => ({ ...scriptIn(environments.venv(), 'children.py'), options: TRACED, ranks: 3 }),
  },
  {
    name: 'a console script with plugins, data and stubs',
    job: () => ({ ...inDistributions((environment) => [join(environment, 'bin/weather-report'), '--now']), status: 3 }),
  },
  {
    name: 'a namespace package of two distributions',
    job: () => inDistributions((environment) => [python(environment), script('modules.py')]),
  },
  {
    name: 'an editable install',
    awaits: 'modules that an editable finder locates come from the original: 3 calls each',
    job: () => inDistributions((environment) => [python(environment), script('editable.py')]),
  },
];
