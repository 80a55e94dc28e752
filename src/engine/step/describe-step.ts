import { type Failure, formatCount, formatCountOf, formatSeconds } from '#base';
import type { ArtifactId, Artifacts, Recording, Report } from '#schema';
import { listFailures } from '../list-failures.ts';
import { sayPython } from '../say-python.ts';
import { firstNames } from './name-ranks.ts';
import { sayEndings } from './say-step.ts';

// What ran, where, and what could not be seen of it.

/** Nodes that write their files this far apart did not look at the same moment, or their clocks differ. */
const APART_SECONDS = 300;

const MOST_DISTRIBUTIONS = 2000;

export function describeStep(
  recordings: readonly [Recording, ...Recording[]],
  { step, interpreters, hosts, places, found }: Partial<Artifacts>,
): Pick<Report, 'job' | 'environment'> {
  const python = interpreters?.groups[0]?.value;
  const host = hosts?.groups[0]?.value;
  const machine = [host?.system, host?.machine, host?.cpuModel].filter(Boolean).join(', ');
  const mounts = (places?.groups[0]?.value ?? []).flatMap(({ path, class: kind }) =>
    kind === undefined ? [] : { point: path, class: kind },
  );
  return {
    job: {
      script: step?.command?.script ?? '',
      form: step?.command?.form ?? 'unknown',
      started: earliest(recordings),
      outcome: step ? sayEndings(step) : 'not known',
      python: python ? sayPython(python) : 'not known',
      observedRanks: (step?.nodes ?? []).reduce((sum, { ranks }) => sum + ranks.length, 0),
      truncated: recordings.some(({ truncated }) => truncated),
    },
    environment: {
      interpreter: python ? `${sayPython(python)} ${python.executable}` : 'not known',
      machine: machine || 'not known',
      pathEntries: (python?.pathEntries ?? []).map(({ path }) => path),
      mounts,
      distributions: (found?.groups[0]?.value.distributions ?? [])
        .slice(0, MOST_DISTRIBUTIONS)
        .map(({ name, version }) => ({ name, version })),
      variables: { ...interpreters?.environment[0]?.value.values },
    },
  };
}

const earliest = (recordings: readonly [Recording, ...Recording[]]): string =>
  recordings.map(({ started }) => started).sort()[0] ?? recordings[0].started;

/** Also of honest clocks, where nodes began minutes apart: then what they show is of different moments. */
function listClocks({ step }: Partial<Artifacts>): Report['unknowns'] {
  const moments = (step?.nodes ?? []).flatMap(({ name, started }) => {
    const milliseconds = Date.parse(started);
    return Number.isNaN(milliseconds) ? [] : { name, seconds: milliseconds / 1000 };
  });
  const ordered = moments.sort((a, b) => a.seconds - b.seconds);
  const [first, last] = [ordered[0], ordered.at(-1)];
  if (!(first && last) || last.seconds - first.seconds < APART_SECONDS) return [];
  const apart = formatSeconds(last.seconds - first.seconds);
  return [
    {
      what: 'whether the nodes were looked at in one moment',
      because: `by their clocks ${last.name} began ${apart} after ${first.name}`,
      hint: 'Compare the clocks of both nodes with date.',
    },
  ];
}

function listSilent({ step }: Partial<Artifacts>): Report['unknowns'] {
  if (!step) return [];
  const { silentNodes, silentRanks, expected, truncated } = step;
  const numbers = firstNames(silentNodes.numbers.map(String), 'node').join(', ');
  const ranks = firstNames(silentRanks.map(String), 'rank').join(', ');
  return [
    ...(silentNodes.count > 0
      ? [
          {
            what: `${formatCount(silentNodes.count)} of ${formatCountOf(expected.nodes, 'node')}`,
            because: `there is no recording of ${silentNodes.count === 1 ? 'it' : 'them'}${numbers ? ` (number ${numbers})` : ''}`,
            hint: 'Give the files of all nodes.',
          },
        ]
      : []),
    ...(silentRanks.length > 0
      ? [{ what: `${formatCountOf(silentRanks.length, 'rank')} (${ranks})`, because: 'nothing was heard from there' }]
      : []),
    ...(truncated.length > 0
      ? [{ what: `parts of ${firstNames(truncated, 'node').join(', ')}`, because: 'the recording was cut short' }]
      : []),
  ];
}

function listUnplaced({ placement }: Partial<Artifacts>): Report['unknowns'] {
  const unplaced = (placement?.nodes ?? []).filter(({ layout }) => !placement?.layouts[layout ?? -1]?.cores.length);
  if (unplaced.length === 0) return [];
  const names = firstNames(
    unplaced.map(({ name }) => name),
    'node',
  ).join(', ');
  return [{ what: `which cores the ranks of ${names} run on`, because: '/sys and /proc did not tell of cores there' }];
}

export function listStepUnknowns(
  recordings: readonly Recording[],
  artifacts: Partial<Artifacts>,
  failures: ReadonlyMap<ArtifactId, Failure>,
): Report['unknowns'] {
  const own = [...listSilent(artifacts), ...listUnplaced(artifacts)];
  const clocks = recordings.length > 1 ? listClocks(artifacts) : [];
  return [...own, ...clocks, ...(artifacts.step?.missing ?? []), ...listFailures(failures)];
}
