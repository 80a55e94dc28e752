import { countCpus, formatBytes, formatCountOf, parseCpuList } from '#base';
import type { Artifacts, Group, Hosts, Step, StepSection } from '#schema';
import { firstNames, rankPlaces } from './name-ranks.ts';

// What is not the same on all nodes or for all ranks. The largest group is taken for what was meant; of the others the
// first are named.

type Difference = StepSection['differences'][number];
type Host = Hosts['groups'][number]['value'];

/** The page is of the same length for any step. */
const MOST_DIFFERENCES = 12;
const MOST_VALUES = 4;

/** Slurm sets it for the first task of a node alone; what it names is told among the places. */
const TASKS_OWN = 'TMPDIR';

/** Whoever has a value, by the value. */
function collect<Who>(entries: Iterable<readonly [value: string, who: readonly Who[]]>): [string, Who[]][] {
  const groups = new Map<string, Who[]>();
  for (const [value, who] of entries) {
    const group = groups.get(value) ?? [];
    groups.set(value, group);
    for (const one of who) group.push(one);
  }
  return [...groups].sort(([, a], [, b]) => b.length - a.length);
}

function difference<Who>(
  what: string,
  of: 'nodes' | 'ranks',
  groups: readonly [string, Who[]][],
  placesOf: (who: readonly Who[]) => string[],
): Difference[] {
  if (groups.length < 2) return [];
  const shown = groups.slice(0, MOST_VALUES);
  const rest = groups.slice(MOST_VALUES).flatMap(([, who]) => who);
  const values = shown.map(([value, who], index) => ({
    value,
    count: who.length,
    of,
    where: index === 0 ? [] : placesOf(who),
  }));
  const others = {
    value: `${groups.length - MOST_VALUES} other values`,
    count: rest.length,
    of,
    where: placesOf(rest),
  };
  return [{ what, values: rest.length > 0 ? [...values, others] : values }];
}

const orNone = (values: readonly string[]) => (values.length > 0 ? values.join(', ') : 'none');

/** What of a node is told by one value; absent where it was not seen. */
const HOST_TRAITS: readonly (readonly [string, (host: Host) => string | undefined])[] = [
  ['processor', ({ cpuModel }) => cpuModel],
  ['CPUs online', ({ cpusOnline }) => (cpusOnline === undefined ? undefined : `${cpusOnline}`)],
  ['memory', ({ memoryBytes }) => (memoryBytes === undefined ? undefined : formatBytes(memoryBytes))],
  ['GPUs', ({ gpus }) => orNone(gpus)],
  ['network adapters', ({ nics }) => orNone(nics)],
  ['kernel', ({ system, kernel }) => `${system} ${kernel}`],
  ['C library', ({ libc }) => libc],
];

function ofHosts({ groups }: Hosts): Difference[] {
  const drivers = new Set(groups.flatMap(({ value }) => Object.keys(value.drivers)));
  const traits = [
    ...[...drivers].sort().map((name) => [`${name} driver`, ({ drivers: own }: Host) => own[name] ?? 'none'] as const),
    ...HOST_TRAITS,
  ];
  return traits.flatMap(([what, tell]) => {
    const told = groups.flatMap(({ nodes, value }) => {
      const text = tell(value);
      return text === undefined ? [] : [[text, nodes] as const];
    });
    return difference(what, 'nodes', collect(told), (names) => firstNames(names, 'node'));
  });
}

type RankGroups = readonly [what: string, groups: [string, number[]][]];

const named = <Value>(groups: readonly Group<Value>[], tell: (value: Value) => string): [string, number[]][] =>
  collect(groups.map(({ ranks, value }) => [tell(value), ranks] as const));

/**
 * By name, what each group has under it: `absent` where it has nothing. Lazy, as a name that not all have makes a
 * difference, of which only so many are taken: names times groups are never looked at.
 */
function* byName<Value>(
  groups: readonly Group<Value>[],
  list: (value: Value) => Iterable<readonly [name: string, text: string]>,
  absent: string | undefined,
): Generator<RankGroups> {
  const maps = groups.map(({ ranks, value }) => {
    const texts = new Map<string, string>();
    for (const [name, text] of list(value)) texts.set(name, texts.has(name) ? `${texts.get(name)}; ${text}` : text);
    return { ranks, texts };
  });
  const holders = new Map<string, [text: string, ranks: number[]][]>();
  for (const { ranks, texts } of maps) {
    for (const [name, text] of texts) {
      const known = holders.get(name) ?? [];
      holders.set(name, known);
      known.push([text, ranks]);
    }
  }
  for (const [name, held] of holders) {
    const isAbsent = absent !== undefined && held.length < maps.length;
    yield [
      name,
      collect(isAbsent ? maps.map(({ ranks, texts }) => [texts.get(name) ?? absent, ranks] as const) : held),
    ];
  }
}

/**
 * A look from outside knows no versions and may have come before an import: where there are ranks that told of
 * themselves only they are compared, else only what was seen.
 */
function libraries(loaded: Artifacts['loaded'], step: Step | undefined): Generator<RankGroups> {
  const inside = new Set(step?.ended.flatMap(({ ranks, value }) => (value.seen === 'inside' ? ranks : [])));
  const groups = loaded.groups.flatMap(({ ranks, value }) => {
    const compared = inside.size > 0 ? ranks.filter((rank) => inside.has(rank)) : ranks;
    return compared.length > 0 ? [{ ranks: compared, value }] : [];
  });
  return byName(
    groups,
    (value) =>
      value.libraries.map(({ name, version, path }) => [
        `${name} that was loaded`,
        [version, path].filter(Boolean).join(', '),
      ]),
    inside.size > 0 ? 'not loaded' : undefined,
  );
}

function masks({ nodes }: Artifacts['placement']): [string, number[]][] {
  const sizes = new Map<string, string>();
  const tell = (mask: string) => {
    const known = sizes.get(mask) ?? formatCountOf(countCpus(parseCpuList(mask)), 'CPU');
    sizes.set(mask, known);
    return known;
  };
  const ranks = nodes.flatMap((node) => node.ranks);
  return collect(
    ranks.flatMap(({ rank, atStart, afterImports = atStart }) =>
      afterImports ? [[tell(afterImports), [rank]] as const] : [],
    ),
  );
}

const tellMpi = ({ state, size, version, library }: Artifacts['world']['mpi'][number]['value']) =>
  [state, size === undefined ? '' : `size ${size}`, version ?? '', library ?? '']
    .filter((part) => part !== '')
    .join(', ');

const tellEnd = ({ seen, status, signal, timeLimit }: Step['ended'][number]['value']) => {
  if (timeLimit) return 'ended at the time limit';
  if (signal !== undefined) return `killed by ${signal}`;
  if (status !== undefined) return `exited with status ${status}`;
  return seen === 'nothing' ? 'not started' : 'not known';
};

function* ofRanks(artifacts: Partial<Artifacts>): Generator<RankGroups> {
  const { step, world, interpreters, loaded, threads, placement } = artifacts;
  if (step) yield ['end of the command', named(step.ended, tellEnd)];
  if (world) yield ['MPI', named(world.mpi, tellMpi)];
  if (interpreters)
    yield ['Python', named(interpreters.groups, ({ version, executable }) => `${version}, ${executable}`)];
  if (loaded) yield* libraries(loaded, step);
  if (placement) yield ['CPUs of a rank', masks(placement)];
  yield* byName(
    threads?.pools ?? [],
    (pools) => pools.map(({ runtime, threads: count }) => [`threads of ${runtime}`, `${count}`]),
    'no pool',
  );
  yield* byName(interpreters?.environment ?? [], ({ values }) => Object.entries(values), 'not set');
  yield* byName(
    interpreters?.environment ?? [],
    ({ searchPaths }) =>
      Object.entries(searchPaths)
        .filter(([name]) => name !== TASKS_OWN)
        .map(([name, entries]) => [name, entries.join(':')]),
    'not set',
  );
}

/** What differs between nodes, then between ranks; the first of them, and how many more there are. */
export function listDifferences(artifacts: Partial<Artifacts>): StepSection['differences'] {
  const { step, hosts } = artifacts;
  const placesOf = step ? rankPlaces(step) : () => [];
  const found = hosts ? ofHosts(hosts) : [];
  for (const [what, groups] of ofRanks(artifacts)) {
    if (found.length >= MOST_DIFFERENCES) break;
    found.push(...difference(what, 'ranks', groups, placesOf));
  }
  return found.slice(0, MOST_DIFFERENCES);
}
