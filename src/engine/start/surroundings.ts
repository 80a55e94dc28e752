import type { Failure } from '#base';
import type { ArtifactId, Artifacts, Recording, Report } from '#schema';
import { listFailures } from '../list-failures.ts';
import { sayPython } from '../say-python.ts';
import { sayOutcome } from './say-outcome.ts';

// The parts of the report that tell of the run itself: what ran, where, and what could not be seen.

type Observed = Artifacts['run']['observed'][number];

const PHASES = [
  ['before exec', 'beforeExecSeconds'],
  ['interpreter', 'interpreterSeconds'],
  ['site', 'siteSeconds'],
  ['imports', 'importsSeconds'],
] as const satisfies readonly (readonly [string, keyof Observed])[];

/** Phases of the first observed rank. */
export function listPhases(run: Artifacts['run'] | undefined): Report['phases'] {
  const [first] = run?.observed ?? [];
  if (!first) return [];
  const phases = PHASES.flatMap(([name, key]) => {
    const seconds = first[key];
    return seconds === undefined ? [] : [{ name, seconds, basis: 'measured' as const }];
  });
  const seconds = scriptSeconds(first);
  return seconds === undefined ? phases : [...phases, { name: 'script', seconds, basis: 'measured' }];
}

/** Less than this between imports is the interpreter running the import statements. */
const WORTH_A_LINE = 0.01;

/** What the script itself did before its last import: without it, the phases would not add up to the start. */
function scriptSeconds(observed: Observed): number | undefined {
  const { startSeconds, interpreterSeconds, siteSeconds = 0, importsSeconds } = observed;
  if (startSeconds === undefined || interpreterSeconds === undefined || importsSeconds === undefined) return undefined;
  const seconds = startSeconds - interpreterSeconds - siteSeconds - importsSeconds;
  return seconds >= Math.max(WORTH_A_LINE, 0.01 * startSeconds) ? seconds : undefined;
}

export function describeJob(recording: Recording, { run, python }: Partial<Artifacts>): Report['job'] {
  return {
    script: run?.script ?? '',
    form: run?.form ?? 'unknown',
    started: recording.started,
    outcome: run ? sayOutcome(run) : 'not known',
    python: python ? sayPython(python) : 'not known',
    observedRanks: run?.observed.length ?? 0,
    truncated: run?.truncated ?? recording.truncated,
  };
}

function listUnclearMounts({ storage }: Partial<Artifacts>): Report['unknowns'] {
  const unclear = (storage?.mounts ?? []).filter(({ sharing }) => sharing === 'unknown');
  return unclear.map(({ point, type }) => ({
    what: `whether ${point} is shared between nodes`,
    because: `its type is ${type}, which may lie on either`,
  }));
}

export function listUnknowns(
  artifacts: Partial<Artifacts>,
  failures: ReadonlyMap<ArtifactId, Failure>,
  mistakes: readonly { readonly what: string; readonly failure: Failure }[],
): Report['unknowns'] {
  const ours = mistakes.map(({ what, failure }) => [what, failure] as const);
  return [...(artifacts.run?.missing ?? []), ...listFailures([...failures, ...ours]), ...listUnclearMounts(artifacts)];
}

/** What two reports must share to be comparable. */
export function describeEnvironment(recording: Recording, artifacts: Partial<Artifacts>): Report['environment'] {
  const { python, storage } = artifacts;
  const [node] = recording.facts.node;
  const cores = node?.cpusAllowed ?? node?.cpusOnline;
  const machine = [node?.system, node?.machine, node?.cpuModel, cores === undefined ? undefined : `${cores} cores`];
  return {
    interpreter: python ? `${sayPython(python)} ${python.executable}` : 'not known',
    machine: machine.filter(Boolean).join(', ') || 'not known',
    pathEntries: (python?.pathEntries ?? []).map(({ path }) => path),
    mounts: (storage?.mounts ?? []).map(({ point, class: kind }) => ({ point, class: kind })),
    distributions: [...(python?.distributions ?? [])],
    variables: { ...python?.environment },
  };
}
