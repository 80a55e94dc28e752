import type { Facts, MountClass, Recording } from '#schema';
import { recordingDraft } from './recording-draft.ts';

export interface SolverJob {
  readonly script?: string;
  /** File system of the environment. */
  readonly environment?: { readonly class: MountClass; readonly type: string };
  readonly exit?: { readonly status?: number; readonly signal?: string };
  readonly truncated?: boolean;
  /** One module more, as one rank of a job may import it. */
  readonly extra?: string;
  /** Modules beside the two, as a large package has them. */
  readonly modules?: number;
  /** As recordings name it. */
  readonly launcher?: Facts['launch'][number]['launcher'];
}

const SITE = '/project/env/lib/python3.11/site-packages';

/** A small job put together by hand: a script that imports a package of two modules from an environment of its own. */
export function solverJob({
  script = 'solver.py',
  environment = { class: 'lustre', type: 'lustre' },
  exit = { status: 0 },
  truncated = false,
  extra,
  modules = 0,
  launcher = 'none',
}: SolverJob = {}): Recording {
  const draft = recordingDraft();
  const root = draft.path('/');
  draft.path('/usr', 1);
  const env = draft.path('/project', 2);
  draft.fact('mount', { id: 1, point: root, type: 'ext4', class: 'local' });
  draft.fact('mount', { id: 2, point: env, ...environment });
  draft.fact('command', { form: 'python', program: 'python3', script, argc: 2 });
  draft.fact('launch', { launcher, nodes: 1, ranks: 1, ranksPerNode: 1 });
  draft.fact('node', { system: 'Linux', kernel: '6.1', machine: 'x86_64', cpusOnline: 8, cpusAllowed: 8 });
  draft.fact('environment', { values: {}, searchPaths: {} });
  draft.fact('removed', { counts: { arguments: 1 } });
  const process = draft.process({ begin: 0, end: 900_000, ...exit }, { interpreter: 0, site: 10_000, main: 30_000 });
  draft.fact('python', {
    process,
    version: '3.11.2',
    implementation: 'CPython',
    executable: draft.path('/project/env/bin/python3'),
    prefix: draft.path('/project/env'),
    basePrefix: draft.path('/usr'),
    stdlib: draft.path('/usr/lib/python3.11'),
    flags: {
      isolated: false,
      ignoreEnvironment: false,
      noSite: false,
      noUserSite: false,
      safePath: false,
      dontWriteBytecode: false,
    },
    pathEntries: [
      { path: draft.path('/project/job'), origin: 'script' },
      { path: draft.path('/usr/lib/python3.11'), origin: 'stdlib' },
      { path: draft.path(SITE), origin: 'site' },
    ],
  });
  const load = (module: string, parent: number, begin: number, end: number) => {
    const file = `${SITE}/${module.replaceAll('.', '/')}`;
    const origin = parent === 0 ? `${file}/__init__.py` : `${file}.py`;
    const id = draft.import(process, module, { parent, begin, end, origin, level: parent === 0 ? 'main' : 'nested' });
    draft.at(begin + 1);
    draft.operation(process, id, 'stat', '/project/job');
    draft.operation(process, id, 'stat', SITE);
    draft.operation(process, id, 'stat', origin);
    draft.operation(process, id, 'open', origin.replace(/([^/]*)\.py$/, '__pycache__/$1.cpython-311.pyc'));
    return id;
  };
  const solver = load('solvers', 0, 40_000, 500_000);
  load('solvers.linear', solver, 50_000, 400_000);
  for (let count = 0; count < modules; count += 1) load(`solvers.part${count}`, solver, 400_001, 400_002);
  if (extra) load(extra, 0, 510_000, 600_000);
  draft.fact('exit', exit);
  return draft.recording(truncated);
}
