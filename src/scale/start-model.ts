import type { Interval } from '#base';
import { findFilesystemProfile } from '#knowledge';
import type { Access, Artifacts, Cost, FilesystemProfile, ScaleArithmetic, Target } from '#schema';
import { arithmeticOf } from './arithmetic.ts';
import { type Asked, askedOf, type Network, networkOf, requestsOf, type Size } from './demand.ts';
import { drawn, intervalOf } from './draws.ts';
import { type Folded, fold } from './fold.ts';
import { memoByLength } from './kept-for.ts';
import { localTime } from './local-time.ts';
import { lastTime } from './network.ts';
import type { Requests } from './requests.ts';
import { type Shares, shareOut } from './share-out.ts';
import { type Sustained, sustainedOf } from './sustained.ts';
import { imageOf, observe, type Tally, tallyOf } from './tally.ts';
import { walkOf } from './walk.ts';
import { likelyWorld, possibleWorlds, type World } from './worlds.ts';

/** Chooses accesses that would not happen any more. */
export type Without = (access: Access) => boolean;

/** What is different from the start as it was observed. */
export interface Change {
  readonly without?: Without;
  /** Local time that a cure takes away from every rank. */
  readonly lessSeconds?: number;
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
  /** Seconds of one rank's start beside waiting for shared storage: from the observed run. */
  readonly localSeconds: Interval;
  /** One node's requests. */
  requests(without?: Without): Requests;
  start(conditions: Conditions, change?: Change): ModelledStart;
  /** The same where nothing is asked of shared storage any more. */
  afterStaging(conditions: Conditions): ModelledStart;
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

/** Wall time from the launch of the ranks to the last one's end of start; what comes after is not part of it. */
const inStart = ({ phase }: Access) => phase !== 'after-start';

const EVERYTHING: Without = () => true;

/** What is left of the accesses. */
interface Left {
  /** One node's, in a start as long as the observed one. */
  readonly folded: Folded;
  /** As one rank and as all of a node ask it in a start of so many seconds: what is kept for less is asked for again. */
  asked(seconds: number): { readonly rank: Asked; readonly node: Asked };
}

/** One start in one world, with what is asked in it. */
interface Solved {
  readonly network: Network;
  readonly requests: ReturnType<Left['asked']>;
  readonly seconds: number;
}

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

function makeModel(artifacts: StartArtifacts): StartModel {
  const { accesses, target } = artifacts;
  const { ranksPerNode } = target;
  const profile = profileOf(target);
  const places = profile.shared ? target : { sharedMounts: [], sharedPrefixes: [] };
  const observed = observe(accesses.paths, walkOf(accesses.paths, places), accesses.accesses);
  const started = accesses.accesses.filter(inStart);
  const whole = tallyOf(observed, started);
  const likely = likelyWorld(profile.server);
  const worlds = possibleWorlds(profile.server);
  const closesWaited = profile.cache.closes.value === 'waited';
  const wall = localTime(artifacts, NOTHING).measured;
  const foldFor = (tally: Tally, ranks: number, seconds: number) =>
    fold(tally, observed, { cache: profile.cache, ranks, seconds });
  const leftOf = memoLeft((without) => {
    const kept = without ? started.filter((access) => !without(access)) : started;
    const tally = without ? tallyOf(observed, kept) : whole;
    const asked = memoByLength(profile.cache, (seconds) => ({
      rank: askedOf(foldFor(tally, 1, seconds)),
      node: askedOf(foldFor(tally, ranksPerNode, seconds)),
    }));
    return { folded: foldFor(tally, ranksPerNode, wall), asked };
  });
  const isLocal = target.applies === 'as-if' || !profile.shared;
  const localSeconds = localTime(
    artifacts,
    isLocal ? NOTHING : waitedAlone(leftOf().asked(wall).rank, worlds, closesWaited),
  );
  const own = drawn('own work', localSeconds);

  const sizeOf = ({ nodes, jobs = 1, coresPerNode }: Conditions, ownSeconds: number, skew: number): Size => ({
    ...{ nodes, ranksPerNode, jobs, ownSeconds, skew },
    ...(coresPerNode === undefined ? {} : { coresPerNode }),
  });
  /** A start that gets longer asks again for what was kept: until it gets no longer by that. */
  const solve = ({ asked }: Left, world: World, size: Size): Solved => {
    let requests = asked(wall);
    for (;;) {
      const network = networkOf(requests, world, closesWaited, size);
      const seconds = lastTime(network.load);
      const again = asked(Math.max(wall, seconds));
      if (again === requests) return { network, requests, seconds };
      requests = again;
    }
  };

  const start = (conditions: Conditions, { without, lessSeconds = 0 }: Change = {}): ModelledStart => {
    const left = leftOf(without);
    const local = (seconds: number) => Math.max(0, seconds - lessSeconds);
    const samples = worlds.map((world, index) => {
      const size = sizeOf(conditions, local(own[index] ?? 0), conditions.launchSeconds?.[index] ?? 0);
      return withError(solve(left, world, size).seconds, size, world);
    });
    const seconds = intervalOf(samples);
    const size = sizeOf(conditions, local(localSeconds.likely), skewOf(conditions));
    return { samples, seconds, ...shareOut(solve(left, likely, size).network, likely, seconds.likely) };
  };
  const seconds = (nodes: number, without?: Without, lessSeconds?: number) =>
    start({ nodes }, changeOf(without, lessSeconds)).seconds;

  return {
    profile,
    localSeconds,
    requests: (without) => requestsOf(leftOf(without).folded, profile.server),
    start,
    afterStaging: (conditions) => start(conditions, { without: EVERYTHING }),
    image: () => imageOf(whole, observed),
    sustained: (change) => sustainedOf(leftOf(change?.without).asked(wall).node, worlds, ranksPerNode),
    arithmetic: (conditions) => {
      const size = sizeOf(conditions, localSeconds.likely, skewOf(conditions));
      const { network, requests } = solve(leftOf(), likely, size);
      return arithmeticOf(requests, likely, network, size);
    },
    seconds,
    saving: (without, lessSeconds) => {
      const { nodes } = target;
      return savingOf(start({ nodes }), start({ nodes }, changeOf(without, lessSeconds)));
    },
  };
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

/** The same `without` is asked again for each point of a curve. */
function memoLeft(leftOf: (without?: Without) => Left): (without?: Without) => Left {
  const known = new WeakMap<Without, Left>();
  const all = leftOf();
  return (without) => {
    if (!without) return all;
    const left = known.get(without) ?? leftOf(without);
    known.set(without, left);
    return left;
  };
}

const NOTHING = { low: 0, likely: 0, high: 0 };

/** What one rank alone would have waited, had nothing been cached. */
function waitedAlone(rank: Asked, worlds: readonly World[], closesWaited: boolean): Interval {
  const size = { nodes: 1, ranksPerNode: 1, jobs: 1, ownSeconds: 0, skew: 0 };
  return intervalOf(worlds.map((world) => lastTime(networkOf({ rank, node: rank }, world, closesWaited, size).load)));
}

const skewOf = ({ launchSeconds }: Conditions) => (launchSeconds ? intervalOf(launchSeconds).likely : 0);

/** The value is the difference of what is told of both; its ends are those of the differences in each world. */
function savingOf(before: ModelledStart, after: ModelledStart): Cost {
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
