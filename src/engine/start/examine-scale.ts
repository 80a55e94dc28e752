import { type Failure, failure, type Result, success, VERSION } from '#base';
import { breakEven, type Conditions, launchTime, launchTimeouts, type StartModel } from '#scale';
import type { Artifacts, FilesystemProfile, Recording, ScaleTable } from '#schema';
import { prepareStart } from './prepare-start.ts';
import { listPlans, listStaged, type Plan } from './scale-plans.ts';
import { countCores, listScaleUnknowns } from './scale-unknowns.ts';
import type { Scale } from './target.ts';

export interface ScaleQuestion {
  readonly scale: Omit<Scale, 'nodes'>;
  /** Sizes to tell; if absent, up to 4,096 nodes or four times the allocation. */
  readonly nodes?: readonly number[];
  readonly coresPerNode?: number;
  /** Copies of the job that start at the same time; 1 if absent. */
  readonly jobs?: number;
  /** As recordings call it; if absent, the one that the job was started by. */
  readonly launcher?: string;
  /** Ids of the transports to stage by; if absent, all. */
  readonly transports?: readonly string[];
  /** The size whose arithmetic is told. */
  readonly explain?: number;
}

const USUAL_MOST = 4096;
const BEYOND = 4;

function listSizes({ nodes, explain }: ScaleQuestion, allocation: number): number[] {
  const usual: number[] = [];
  for (let count = 1; count <= Math.max(USUAL_MOST, BEYOND * allocation); count *= 4) usual.push(count);
  const sizes = new Set([...(nodes ?? usual), ...(explain === undefined ? [] : [explain])]);
  return [...sizes].sort((a, b) => a - b);
}

/** What remedies save is ranked at the largest size. */
function scaleOf({ scale, nodes = [], explain = 0 }: ScaleQuestion): Scale {
  const largest = Math.max(explain, ...nodes);
  return largest > 0 ? { ...scale, nodes: largest } : scale;
}

const NO_TIMES: Failure = {
  code: 'engine/no-times',
  message: 'the recording holds no times: how long the start took when it was observed is not known',
  hint: 'Record the job again with pharos audit, and let its start end.',
};

/** From the recordings of one job, one for each observed rank, to what its start costs as the job grows. */
export function examineScale(
  recordings: readonly [Recording, ...Recording[]],
  question: ScaleQuestion,
): Result<ScaleTable> {
  const prepared = prepareStart(recordings, scaleOf(question), new Map());
  if (!prepared.ok) return prepared;
  const { made, target, gathered, prescriptions } = prepared.value;
  if (!made.ok) return failure({ ...made.failure, hint: 'Record the job again: pharos audit -- COMMAND.' });
  const model = made.value;
  if (model.localSeconds.high === 0) return failure(NO_TIMES);
  const { jobs = 1, explain } = question;
  const coresPerNode = question.coresPerNode ?? Math.max(target.ranksPerNode, countCores(recordings) ?? 1);
  const launcher = question.launcher ?? gathered.artifacts.run?.launcher ?? 'none';
  const conditionsAt = (nodes: number): Conditions => {
    const launchSeconds = launchTime(launcher, { nodes, ranksPerNode: target.ranksPerNode });
    return { nodes, coresPerNode, jobs, ...(launchSeconds ? { launchSeconds } : {}) };
  };
  const plans = [...listPlans(model, prescriptions.remedies), ...listStaged(model, launcher, question.transports)];
  const requests = jobs * model.requests().metadata;
  const sustained = model.sustained();
  const image = model.image();
  const points = listSizes(question, target.nodes).map((nodes) => ({
    nodes,
    requests: nodes * requests,
    starts: plans.map((plan) => tellStart(plan, conditionsAt(nodes))),
  }));
  return success({
    ...{ kind: 'pharos-scale', version: 1, by: VERSION, basis: 'modelled' },
    job: { script: gathered.artifacts.run?.script ?? '', launcher, observedSeconds: model.observedSeconds },
    profile: describeProfile(model.profile, target.calibrated),
    applies: target.applies,
    ...{ ranksPerNode: target.ranksPerNode, coresPerNode, jobs },
    plans: plans.map(({ start, ...plan }) => plan),
    points,
    pays: tellPays(plans, conditionsAt),
    ...(sustained ? { sustained } : {}),
    ...(plans.some(({ kind }) => kind === 'staged') ? { image: { ...image, basis: 'inferred' as const } } : {}),
    timeouts: tellTimeouts(launcher, importedPackages(gathered.artifacts), points),
    ...(explain === undefined ? {} : { arithmetic: model.arithmetic(conditionsAt(explain)) }),
    unknowns: listScaleUnknowns(recordings, model, target, question, gathered.artifacts.run),
  });
}

function tellStart({ id, start }: Plan, conditions: Conditions): ScaleTable['points'][number]['starts'][number] {
  const { seconds, limit, parts } = start(conditions);
  return { plan: id, seconds, limit, parts };
}

/** Each other way to start against the start as it is. */
function tellPays(
  [plain, ...others]: readonly Plan[],
  conditionsAt: (nodes: number) => Conditions,
): ScaleTable['pays'] {
  if (!plain) return [];
  const samplesOf =
    ({ start }: Plan) =>
    (nodes: number) =>
      start(conditionsAt(nodes)).samples;
  const before = remember(samplesOf(plain));
  return others.map((plan) => ({ plan: plan.id, ...breakEven(before, samplesOf(plan)) }));
}

function remember<Value>(of: (nodes: number) => Value): (nodes: number) => Value {
  const known = new Map<number, Value>();
  return (nodes) => {
    const value = known.get(nodes) ?? of(nodes);
    known.set(nodes, value);
    return value;
  };
}

/** The profile, and how many of its figures are known how. */
function describeProfile(profile: StartModel['profile'], calibrated: boolean): ScaleTable['profile'] {
  const figures = { measured: 0, published: 0, assumed: 0 };
  for (const confidence of listConfidences(profile)) figures[confidence] += 1;
  return { id: profile.id, title: profile.title, shared: profile.shared, calibrated, figures };
}

type Known = keyof ScaleTable['profile']['figures'];

function listConfidences({ cache, server }: FilesystemProfile): readonly Known[] {
  const { metadataServiceMicroseconds, otherLoad, ...rest } = server;
  const groups: readonly Readonly<Record<string, { readonly confidence: Known }>>[] = [
    ...[cache, metadataServiceMicroseconds, otherLoad, rest],
  ];
  return groups.flatMap((group) => Object.values(group)).map(({ confidence }) => confidence);
}

function importedPackages({ imports }: Partial<Artifacts>): ReadonlySet<string> {
  return new Set((imports?.nodes ?? []).map(({ module }) => module.split('.')[0] ?? module));
}

/** Time limits, and from which size the start as it is takes so long. */
function tellTimeouts(
  launcher: string,
  imports: ReadonlySet<string>,
  points: ScaleTable['points'],
): ScaleTable['timeouts'] {
  const from = (seconds: number, end: 'likely' | 'high') =>
    points.find(({ starts: [plain] }) => plain !== undefined && plain.seconds[end] >= seconds)?.nodes;
  return launchTimeouts(launcher, { imports }).map(({ name, seconds, waits, setting, source }) => {
    const [mayFrom, likelyFrom] = [from(seconds, 'high'), from(seconds, 'likely')];
    return {
      ...{ launcher, name, seconds, waits, setting, source },
      ...(mayFrom === undefined ? {} : { mayFrom }),
      ...(likelyFrom === undefined ? {} : { likelyFrom }),
    };
  });
}
