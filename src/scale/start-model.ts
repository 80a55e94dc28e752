import type { Interval } from '#base';
import { findFilesystemProfile } from '#knowledge';
import type { Artifacts, Cost, FilesystemProfile, ScaleArithmetic, Target } from '#schema';
import { arithmeticOf } from './arithmetic.ts';
import { type Asked, type Network, networkOf, requestsOf, type Size } from './demand.ts';
import { drawn, intervalOf } from './draws.ts';
import { localTime, observedTime } from './local-time.ts';
import { type MappedFile, withMapped } from './mapped-files.ts';
import { lastTime } from './network.ts';
import { type Left, type Remaining, remainingOf, type Without } from './remaining.ts';
import type { Requests } from './requests.ts';
import { type Shares, shareOut } from './share-out.ts';
import { type Sustained, sustainedOf } from './sustained.ts';
import { likelyWorld, possibleWorlds, type World } from './worlds.ts';

/** What is different from the start as it was observed. */
export interface Change {
  readonly without?: Without;
  /** Local time that a cure takes away from every rank. */
  readonly lessSeconds?: number;
  /** Files that are mapped from shared storage beside what is left. */
  readonly mapped?: readonly MappedFile[];
}

/** Where and with whom the job starts. */
export interface Conditions {
  readonly nodes: number;
  /** Absent: as many cores as ranks. */
  readonly coresPerNode?: number;
  /** Copies of the job that start at the same time; 1 if absent. */
  readonly jobs?: number;
  /** In each world, seconds between the first and the last rank's coming. */
  readonly launchSeconds?: readonly number[];
}

/** With where the time goes where each figure is at its median, in proportion: in sum the median. */
export interface ModelledStart extends Shares {
  /** Seconds until the last rank has started, in each of the possible worlds. */
  readonly samples: readonly number[];
  /** 5 %, median and 95 % of them. */
  readonly seconds: Interval;
}

/** The start of one job at the scale asked for. */
export interface StartModel {
  readonly profile: FilesystemProfile;
  /** Seconds that the observed starts took, waiting for storage included. */
  readonly observedSeconds: Interval;
  /** Seconds of one rank's start beside waiting for shared storage: from the observed run. */
  readonly localSeconds: Interval;
  /** One node's requests. */
  requests(without?: Without): Requests;
  start(conditions: Conditions, change?: Change): ModelledStart;
  /** The same where nothing is asked of shared storage any more but what is touched of `mapped`. */
  afterStaging(conditions: Conditions, mapped?: readonly MappedFile[]): ModelledStart;
  /** What the start uses of shared storage, each file once and whole. */
  image(): { readonly files: number; readonly bytes: number };
  /** Starts of single ranks, each second, that the servers keep up with where nodes have nothing cached. Absent where nothing is asked of them. */
  sustained(change?: Change): Sustained | undefined;
  arithmetic(conditions: Conditions): ScaleArithmetic;
  /** Seconds until the last rank has started, on `nodes` nodes. */
  seconds(nodes: number, without?: Without, lessSeconds?: number): Interval;
  /** What would be saved per start at the scale asked for: in the same worlds, the difference of both starts. */
  saving(without: Without, lessSeconds?: number): Cost;
}

/** What the model stands on. */
export const START = ['accesses', 'storage', 'target', 'run', 'imports'] as const;

export type StartArtifacts = Pick<Artifacts, (typeof START)[number]>;

const models = new WeakMap<Artifacts['accesses'], { readonly artifacts: StartArtifacts; readonly model: StartModel }>();

/** Models a start from what one rank was seen to do. docs/concepts/scale.md says how, and how well. Every audit and remedy asks for it: the last one of the same artifacts is kept. */
export function startModel(artifacts: StartArtifacts): StartModel {
  const { accesses } = artifacts;
  const old = models.get(accesses);
  if (old && START.every((need) => old.artifacts[need] === artifacts[need])) return old.model;
  const model = makeModel(artifacts);
  models.set(accesses, { artifacts: { ...artifacts }, model });
  return model;
}

const EVERYTHING: Without = () => true;

/** What every answer about one start is made of. */
interface Ground {
  readonly profile: FilesystemProfile;
  readonly ranksPerNode: number;
  readonly observedSeconds: Interval;
  readonly remaining: Remaining;
  readonly worlds: readonly World[];
  readonly likely: World;
  readonly localSeconds: Interval;
  /** Own work of a rank in each world. */
  readonly own: readonly number[];
}

function groundOf(artifacts: StartArtifacts): Ground {
  const { target } = artifacts;
  const { ranksPerNode } = target;
  const profile = profileOf(target);
  const observedSeconds = observedTime(artifacts);
  const wall = observedSeconds.likely;
  const remaining = remainingOf(artifacts, profile, wall);
  const worlds = possibleWorlds(profile.server);
  const isLocal = target.applies === 'as-if' || !profile.shared;
  const waited = isLocal ? NOTHING : waitedAlone(remaining.after().asked(wall).rank, worlds, closesWaited(profile));
  const localSeconds = localTime(observedSeconds, waited);
  const own = drawn('own work', localSeconds);
  const likely = likelyWorld(profile.server);
  return { profile, ranksPerNode, observedSeconds, remaining, worlds, likely, localSeconds, own };
}

function makeModel(artifacts: StartArtifacts): StartModel {
  const ground = groundOf(artifacts);
  const { profile, ranksPerNode, observedSeconds, remaining, worlds, localSeconds } = ground;
  const wall = observedSeconds.likely;
  const start: StartModel['start'] = (conditions, change = {}) => modelStart(ground, conditions, change);
  return {
    profile,
    observedSeconds,
    localSeconds,
    requests: (without) => requestsOf(remaining.after(without).folded, profile.server),
    start,
    afterStaging: (conditions, mapped = []) => start(conditions, { without: EVERYTHING, mapped }),
    image: remaining.image,
    sustained: (change) => sustainedOf(remaining.after(change?.without).asked(wall).node, worlds, ranksPerNode),
    arithmetic: (conditions) => tellArithmetic(ground, conditions),
    seconds: (nodes, without, lessSeconds) => start({ nodes }, changeOf(without, lessSeconds)).seconds,
    saving: (without, lessSeconds) => {
      const { nodes } = artifacts.target;
      return savingOf(start({ nodes }), start({ nodes }, changeOf(without, lessSeconds)));
    },
  };
}

/** One start in one world, with what is asked in it. */
interface Solved {
  readonly network: Network;
  readonly requests: ReturnType<Left['asked']>;
  readonly seconds: number;
}

/** A start that gets longer asks again for what was kept: until it gets no longer by that. */
function solve({ profile, observedSeconds }: Ground, { asked }: Pick<Left, 'asked'>, world: World, size: Size): Solved {
  const wall = observedSeconds.likely;
  let requests = asked(wall);
  for (;;) {
    const network = networkOf(requests, world, closesWaited(profile), size);
    const seconds = lastTime(network.load);
    const again = asked(Math.max(wall, seconds));
    if (again === requests) return { network, requests, seconds };
    requests = again;
  }
}

function modelStart(ground: Ground, conditions: Conditions, change: Change): ModelledStart {
  const { remaining, worlds, likely, own, profile, ranksPerNode } = ground;
  const { without, lessSeconds = 0, mapped = [] } = change;
  const left = withMapped(remaining.after(without), mapped, profile.cache, ranksPerNode);
  const local = (seconds: number) => Math.max(0, seconds - lessSeconds);
  const samples = worlds.map((world, index) => {
    const size = sizeOf(ground, conditions, local(own[index] ?? 0), conditions.launchSeconds?.[index] ?? 0);
    return withError(solve(ground, left, world, size).seconds, size, world);
  });
  const seconds = intervalOf(samples);
  const size = sizeOf(ground, conditions, local(ground.localSeconds.likely), skewOf(conditions));
  return { samples, seconds, ...shareOut(solve(ground, left, likely, size).network, likely, seconds.likely) };
}

function tellArithmetic(ground: Ground, conditions: Conditions): ScaleArithmetic {
  const { remaining, likely, localSeconds } = ground;
  const size = sizeOf(ground, conditions, localSeconds.likely, skewOf(conditions));
  const { network, requests } = solve(ground, remaining.after(), likely, size);
  return arithmeticOf(requests, likely, network, size);
}

const closesWaited = ({ cache }: FilesystemProfile) => cache.closes.value === 'waited';

function sizeOf(
  { ranksPerNode }: Ground,
  { nodes, jobs = 1, coresPerNode }: Conditions,
  ownSeconds: number,
  skew: number,
): Size {
  const size = { nodes, ranksPerNode, jobs, ownSeconds, skew };
  return coresPerNode === undefined ? size : { ...size, coresPerNode };
}

const changeOf = (without?: Without, lessSeconds?: number): Change => ({
  ...(without ? { without } : {}),
  ...(lessSeconds === undefined ? {} : { lessSeconds }),
});

/** What the model is off by is off what it says of servers and network, not the rank's own time. */
function withError(modelled: number, { ownSeconds, skew }: Size, { error }: World): number {
  const given = ownSeconds + skew;
  return given + Math.max(0, modelled - given) * error;
}

const NOTHING = { low: 0, likely: 0, high: 0 };

/** What one rank alone would have waited, had nothing been cached. */
function waitedAlone(rank: Asked, worlds: readonly World[], waitsForCloses: boolean): Interval {
  const size = { nodes: 1, ranksPerNode: 1, jobs: 1, ownSeconds: 0, skew: 0 };
  return intervalOf(worlds.map((world) => lastTime(networkOf({ rank, node: rank }, world, waitsForCloses, size).load)));
}

const skewOf = ({ launchSeconds }: Conditions) => (launchSeconds ? intervalOf(launchSeconds).likely : 0);

/** The value is the difference of what is told of both; its ends are those of the differences in each world. */
export function savingOf(before: ModelledStart, after: ModelledStart): Cost {
  const { low, high } = intervalOf(
    before.samples.map((seconds, index) => Math.max(0, seconds - (after.samples[index] ?? 0))),
  );
  const value = Math.min(high, Math.max(low, before.seconds.likely - after.seconds.likely));
  return { value, low, high, unit: 'seconds', per: 'start', basis: 'modelled' };
}

function profileOf({ profile, givenProfile }: Target): FilesystemProfile {
  const found = givenProfile ?? findFilesystemProfile(profile);
  if (!found) throw new Error(`no file system profile is called ${profile}`);
  return found;
}
