import type { FactName, Facts, Recording } from '#schema';
import { healthyNode, healthyRank, healthyStep } from './healthy-step.ts';
import { type RecordingDraft, recordingDraft } from './recording-draft.ts';
import type { NodePlan, RankPlan, StepPlan } from './step-plan.ts';

// Recordings of a step as the collector's doctor writes them: one a node, all its ranks in it, and what ranks of the
// node share written once. Without options: two healthy nodes with four ranks each.

type Drafted = readonly (readonly [rank: number, plan: RankPlan])[];

/** Writes a fact once for all ranks of the node that share it. */
function share<Name extends FactName, Value>(
  draft: RecordingDraft,
  name: Name,
  ranks: Drafted,
  ownValue: (plan: RankPlan) => Value | undefined,
  factOf: (value: Value) => Omit<Facts[Name][number], 'ranks'>,
): void {
  const groups = new Map<string, { value: Value; ranks: number[] }>();
  for (const [rank, plan] of ranks) {
    const value = ownValue(plan);
    if (value === undefined) continue;
    const key = JSON.stringify(value);
    const group = groups.get(key);
    if (group) group.ranks.push(rank);
    else groups.set(key, { value, ranks: [rank] });
  }
  for (const group of groups.values()) {
    draft.fact(name, { ...factOf(group.value), ranks: group.ranks } as unknown as Facts[Name][number]);
  }
}

function draftRank(draft: RecordingDraft, rank: number, localRank: number, plan: RankPlan): void {
  const { seen, because, claims, affinity, maskChanges, threads, visibleDevices, mpi, seconds, ended } = plan;
  draft.fact('rank', {
    rank,
    localRank,
    seen,
    claims,
    affinity,
    seconds,
    ended,
    ...(because === undefined ? {} : { because }),
    ...(threads === undefined ? {} : { threads }),
    ...(mpi === undefined ? {} : { mpi }),
    ...(visibleDevices.length === 0 ? {} : { visibleDevices }),
    ...(maskChanges.length === 0 ? {} : { maskChanges: maskChanges.map((change) => withPaths(draft, change)) }),
  });
}

function withPaths(draft: RecordingDraft, { libraries, ...change }: RankPlan['maskChanges'][number]) {
  return { ...change, libraries: libraries.map((path) => draft.path(path)) };
}

/** `path` of each as a path of the recording. */
const located = <Value extends { readonly path: string }>(draft: RecordingDraft, values: readonly Value[]) =>
  values.map(({ path, ...rest }) => ({ ...rest, path: draft.path(path) }));

function sharePython(draft: RecordingDraft, ranks: Drafted): void {
  const path = (text: string) => draft.path(text);
  share(
    draft,
    'python',
    ranks,
    ({ python }) => python,
    ({ executable, prefix, basePrefix, stdlib, pathEntries, userSite, ...rest }) => ({
      process: 0,
      executable: path(executable),
      prefix: path(prefix),
      basePrefix: path(basePrefix),
      stdlib: path(stdlib),
      pathEntries: located(draft, pathEntries),
      ...(userSite ? { userSite: { ...userSite, path: path(userSite.path) } } : {}),
      ...rest,
    }),
  );
  share(
    draft,
    'environment',
    ranks,
    ({ environment }) => environment,
    ({ values, searchPaths }) => ({
      values,
      searchPaths: Object.fromEntries(Object.entries(searchPaths).map(([name, paths]) => [name, paths.map(path)])),
    }),
  );
  const distributions = new Set(ranks.flatMap(([, plan]) => plan.distributions.map((one) => JSON.stringify(one))));
  for (const key of distributions) {
    const holds = (plan: RankPlan) => plan.distributions.find((one) => JSON.stringify(one) === key);
    share(draft, 'distribution', ranks, holds, ({ folder, ...rest }) => ({
      ...rest,
      ...(folder === undefined ? {} : { path: path(folder) }),
    }));
  }
}

function shareLibraries(draft: RecordingDraft, ranks: Drafted): void {
  const path = (text: string) => draft.path(text);
  share(
    draft,
    'mpi',
    ranks,
    ({ mpiLibrary }) => mpiLibrary,
    ({ library, ...rest }) => ({ ...rest, ...(library === undefined ? {} : { library: path(library) }) }),
  );
  share(
    draft,
    'loaded',
    ranks,
    ({ loaded }) => loaded,
    ({ libraries, others }) => ({ libraries: located(draft, libraries), others }),
  );
  share(
    draft,
    'found',
    ranks,
    ({ found }) => found,
    ({ mpi, mpi4py }) => ({
      mpi: located(draft, mpi),
      ...(mpi4py ? { mpi4py: { ...mpi4py, path: path(mpi4py.path) } } : {}),
    }),
  );
  share(
    draft,
    'pools',
    ranks,
    ({ pools }) => pools,
    (pools) => ({
      pools: pools.map(({ library, ...pool }) => (library === undefined ? pool : { ...pool, library: path(library) })),
    }),
  );
}

function shareRest(draft: RecordingDraft, ranks: Drafted): void {
  share(
    draft,
    'launcher',
    ranks,
    (plan) => plan.launcher,
    (launcher) => launcher,
  );
  share(
    draft,
    'cgroup',
    ranks,
    (plan) => plan.cgroup,
    (cgroup) => cgroup,
  );
  share(
    draft,
    'limits',
    ranks,
    (plan) => plan.limits,
    (limits) => limits,
  );
  share(
    draft,
    'counts',
    ranks,
    (plan) => plan.counts,
    (counts) => ({ counts }),
  );
  share(
    draft,
    'modules',
    ranks,
    (plan) => plan.modules,
    (modules) => ({
      ...modules,
      shadows: located(draft, modules.shadows),
    }),
  );
  share(
    draft,
    'places',
    ranks,
    (plan) => plan.places,
    (places) => ({ places: located(draft, places) }),
  );
}

/** Top folders are on the first mount, the root's, where they are none themselves. */
function draftOnRoot(): RecordingDraft {
  const draft = recordingDraft();
  const path = (text: string, mount?: number) => {
    const [top = '', ...below] = text.split('/').filter((name) => name !== '');
    if (mount === undefined || below.length > 0) draft.path(top, 1);
    return draft.path(text, mount);
  };
  return { ...draft, path };
}

function draftNode(step: StepPlan, number: number, plan: NodePlan, ranks: Drafted): Recording {
  const draft = draftOnRoot();
  for (const [index, { point, ...mount }] of plan.mounts.entries()) {
    draft.fact('mount', { ...mount, id: index + 1, point: draft.path(point, index + 1) });
  }
  draft.fact('step', {
    nodeName: plan.name,
    ...(plan.key === undefined ? {} : { key: plan.key }),
    localRanks: step.ranksPerNode,
    hasCommand: step.command !== null,
    secondsLimit: step.secondsLimit,
  });
  if (step.command) draft.fact('command', step.command);
  const isStep = step.launcher !== 'none';
  const size = { nodes: step.nodes, ranks: step.nodes * step.ranksPerNode, ranksPerNode: step.ranksPerNode };
  draft.fact('launch', { launcher: step.launcher, ...size, ...(isStep ? { node: number } : {}) });
  draft.fact('node', plan.node);
  if (plan.topology) draft.fact('topology', plan.topology);
  if (plan.devices) draft.fact('devices', plan.devices);
  for (const missing of plan.missing) draft.fact('missing', missing);
  draft.fact('removed', { counts: plan.removed });
  for (const [rank, own] of ranks) draftRank(draft, rank, rank % step.ranksPerNode, own);
  sharePython(draft, ranks);
  shareLibraries(draft, ranks);
  shareRest(draft, ranks);
  return { ...draft.recording(plan.truncated), started: plan.started };
}

function ranksOf(step: StepPlan, number: number, node: NodePlan): Drafted {
  return Array.from({ length: step.ranksPerNode }, (_, local) => number * step.ranksPerNode + local).flatMap((rank) => {
    const own = step.rank(rank, number);
    return own === 'silent' ? [] : [[rank, { ...healthyRank(step, rank, node), ...own }] as const];
  });
}

/** The recording of one node; absent where it is silent. */
export function stepRecording(options: Partial<StepPlan>, number: number): Recording | undefined {
  const step = { ...healthyStep, ...options };
  const node = { ...healthyNode(step, number), ...step.node(number) };
  return node.silent ? undefined : draftNode(step, number, node, ranksOf(step, number, node));
}

/** Recordings of a step; those of silent nodes are left out. */
export function stepRecordings(options: Partial<StepPlan> = {}): [Recording, ...Recording[]] {
  const { nodes } = { ...healthyStep, ...options };
  const all = Array.from({ length: nodes }, (_, number) => stepRecording(options, number) ?? []).flat();
  const [first, ...others] = all;
  if (!first) throw new Error('every node of the step is silent');
  return [first, ...others];
}
