import type { Interval } from '#base';
import { findFilesystemProfile } from '#knowledge';
import type { Access, Artifacts, Cost, FilesystemProfile, Target } from '#schema';
import { type Corner, loadOf, requestsOf } from './demand.ts';
import { type Folded, fold } from './fold.ts';
import { localTime } from './local-time.ts';
import { likelyTime, lowerBound, upperBound } from './queueing.ts';
import type { Requests } from './requests.ts';
import { type ObservedTree, observe, type Tally, tallyOf } from './tally.ts';
import { walkOf } from './walk.ts';

/** Chooses accesses that would not happen any more. */
export type Without = (access: Access) => boolean;

/** The start of one job at the scale asked for. */
export interface StartModel {
  readonly profile: FilesystemProfile;
  /** Seconds of one rank's start beside waiting for shared storage: from the observed run. */
  readonly localSeconds: Interval;
  /** One node's requests. */
  requests(without?: Without): Requests;
  /** Seconds until the last rank has started, on `nodes` nodes. `lessSeconds` is local time that a cure takes away from every rank. */
  seconds(nodes: number, without?: Without, lessSeconds?: number): Interval;
  /** What would be saved per start at the scale asked for. */
  saving(without: Without, lessSeconds?: number): Cost;
}

/** What the model stands on. */
export const START = ['accesses', 'storage', 'target', 'run', 'imports'] as const;

export type StartArtifacts = Pick<Artifacts, (typeof START)[number]>;

const CORNERS = ['low', 'likely', 'high'] as const;
const SOLVE = { low: lowerBound, likely: likelyTime, high: upperBound } as const;

/** Wall time from the launch of the ranks to the last one's end of start; what comes after is not part of it. */
const inStart = ({ phase }: Access) => phase !== 'after-start';

interface Folds {
  readonly rank: Folded;
  readonly node: Folded;
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
  const profile = profileOf(target);
  const places = profile.shared ? target : { sharedMounts: [], sharedPrefixes: [] };
  const observed = observe(accesses.paths, walkOf(accesses.paths, places), accesses.accesses);
  const started = accesses.accesses.filter(inStart);
  const whole = tallyOf(observed, started);
  const localSeconds = localSecondsOf(artifacts, profile, observed, whole);
  const folded = folder(observed, { started, whole }, (tally) => {
    const of = (ranks: number) =>
      fold(tally, observed, { cache: profile.cache, ranks, seconds: localSeconds.measured });
    return { rank: of(1), node: of(target.ranksPerNode) };
  });

  const time = (parts: Folds, corner: Corner, nodes: number, less = 0) => {
    const local = Math.max(0, localSeconds[corner] - less);
    const size = { nodes, ranksPerNode: target.ranksPerNode, localSeconds: local };
    return SOLVE[corner](loadOf(parts, serverOf(profile), corner, size));
  };

  return {
    profile,
    localSeconds,
    requests: (without) => requestsOf(folded(without).node, profile.server),
    seconds: (nodes, without, lessSeconds) => ordered((corner) => time(folded(without), corner, nodes, lessSeconds)),
    saving: (without, lessSeconds) =>
      savingOf((corner) => {
        const { nodes } = target;
        return time(folded(), corner, nodes) - time(folded(without), corner, nodes, lessSeconds);
      }),
  };
}

/** Folds what is left of the accesses; the same `without` is asked again for each point of a curve. */
function folder(
  observed: ObservedTree,
  { started, whole }: { readonly started: readonly Access[]; readonly whole: Tally },
  foldsOf: (tally: Tally) => Folds,
) {
  const known = new WeakMap<Without, Folds>();
  const all = foldsOf(whole);
  return (without?: Without): Folds => {
    if (!without) return all;
    const old = known.get(without);
    if (old) return old;
    const left = started.filter((access) => !without(access));
    const folds = foldsOf(tallyOf(observed, left));
    known.set(without, folds);
    return folds;
  };
}

function savingOf(saved: (corner: Corner) => number): Cost {
  const [low = 0, value = 0, high = 0] = CORNERS.map((corner) => Math.max(0, saved(corner))).sort((a, b) => a - b);
  return { value, low, high, unit: 'seconds', per: 'start', basis: 'modelled' };
}

const serverOf = ({ server, cache }: FilesystemProfile) => ({ server, closesWaited: cache.closes.value === 'waited' });

function profileOf({ profile, givenProfile }: Target): FilesystemProfile {
  const found = givenProfile ?? findFilesystemProfile(profile);
  if (!found) throw new Error(`no file system profile is called ${profile}`);
  return found;
}

/** The likely value and the bounds come from different formulas; rounding must not put them out of order. */
function ordered(of: (corner: Corner) => number): Interval {
  const likely = of('likely');
  return { low: Math.min(likely, of('low')), likely, high: Math.max(likely, of('high')) };
}

function localSecondsOf(artifacts: StartArtifacts, profile: FilesystemProfile, observed: ObservedTree, whole: Tally) {
  const nothing = { low: 0, likely: 0, high: 0 };
  if (artifacts.target.applies === 'as-if' || !profile.shared) return localTime(artifacts, nothing);
  // What one rank alone would have waited, had nothing been cached.
  const seconds = localTime(artifacts, nothing).measured;
  const rank = fold(whole, observed, { cache: profile.cache, ranks: 1, seconds });
  const alone = { nodes: 1, ranksPerNode: 1, localSeconds: 0 };
  const waited = ordered((corner) => SOLVE[corner](loadOf({ rank, node: rank }, serverOf(profile), corner, alone)));
  return localTime(artifacts, waited);
}
