import type { ImportSpan, Microseconds, ProcessImage, Recording } from '#schema';
import { innermostImport } from '../innermost-import.ts';
import { type ObservedRank, spansByProcess } from '../observed-ranks.ts';
import { type PathKind, pathKinds } from './path-kind.ts';
import { type ReplayedImports, replayedImports } from './replayed-imports.ts';
import { type ReplayedSite, replayedSite } from './replayed-site.ts';

/** Which process image tells the start of a rank best, and what is needed to read it. */
export interface Sources {
  readonly rank: ObservedRank;
  readonly source: 'probe' | 'trace' | 'replay';
  /** The image that `source` means by the job's Python, with its imports. */
  readonly root: ProcessImage;
  readonly rootSpans: readonly ImportSpan[];
  /** The innermost import of `root` at a moment. */
  readonly importOfRoot: (t: Microseconds) => number;
  /** The same in the one run. */
  readonly importOfJob: (t: Microseconds) => number;
  /** For a replay: which imports of the one run it did. */
  readonly replayed: ReplayedImports | undefined;
  /** For a replay: what of the one run's imports before the script it did. */
  readonly site: ReplayedSite | undefined;
  readonly kinds: readonly PathKind[];
}

function imagesFrom({ processes }: Recording, source: ProcessImage['source']): ProcessImage[] {
  return [...processes.values()].filter((image) => image.source === source);
}

/** A replay tells most about imports; a trace of the job itself everything, but only when it was asked for. */
function chooseRoot({ recording, process }: ObservedRank): ProcessImage {
  const traced = imagesFrom(recording, 'trace').find(({ role }) => role === 'job');
  if (recording.facts.replay[0]?.done !== true) return traced ?? process;
  const replays = imagesFrom(recording, 'replay');
  return replays.find(({ role }) => role === 'job') ?? replays[0] ?? traced ?? process;
}

export function chooseSources(rank: ObservedRank): Sources {
  const root = chooseRoot(rank);
  const importOfJob = innermostImport(rank.spans);
  // A trace knows no imports of its own: the probe's clock tells them.
  const rootSpans = root.source === 'replay' ? (spansByProcess(rank.recording).get(root.id) ?? []) : rank.spans;
  return {
    rank,
    source: root.source,
    root,
    rootSpans,
    importOfRoot: root.source === 'replay' ? innermostImport(rootSpans) : importOfJob,
    importOfJob,
    replayed: root.source === 'replay' ? replayedImports(rootSpans, rank.spans) : undefined,
    site: root.source === 'replay' ? replayedSite(rank, root) : undefined,
    kinds: pathKinds(rank.recording.paths),
  };
}
