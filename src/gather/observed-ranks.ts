import type { Failure, Seconds } from '#base';
import type { ImportSpan, Microseconds, PhaseName, ProcessImage, Recording } from '#schema';

/** The start of one rank that was observed: from exec of the interpreter to `end`. */
export interface ObservedRank {
  readonly recording: Recording;
  /** The job's Python. */
  readonly process: ProcessImage;
  /** Its imports, in the order in which they began. */
  readonly spans: readonly ImportSpan[];
  readonly rank: number;
  readonly node: number;
  readonly end: Microseconds;
  readonly endsAt: 'last-import' | 'marker' | 'cut-short';
  /** The last moment at which anything was seen of the process. */
  readonly lastSeen: Microseconds;
}

export const noPython: Failure = {
  code: 'gather/no-python',
  message: 'no Python process of the job was seen',
  hint: 'Check that the command starts Python, or choose the process with --process.',
};

export function seconds(from: Microseconds, to: Microseconds): Seconds {
  return Math.max(0, to - from) / 1e6;
}

export function phaseBegin({ phases }: ProcessImage, name: PhaseName): Microseconds | undefined {
  return phases.find(({ phase }) => phase === name)?.begin;
}

/** More are not compared; far beyond what a job step observes. */
const MOST_RANKS = 4096;

/** The first image of each rank, when a launcher ran inside the recording; the job's own image comes first. */
function ranksBeside(job: ProcessImage, probed: readonly ProcessImage[]): ProcessImage[] {
  const ranks = new Map([[job.rank, job]]);
  for (const image of probed) {
    const isRank = image.rank !== undefined && image.role === 'other' && image.how === 'exec';
    if (isRank && !ranks.has(image.rank)) ranks.set(image.rank, image);
  }
  const [, ...others] = ranks.values();
  return [job, ...others.sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0))];
}

/** The images of the job's Python, one a rank. */
function jobProcesses({ processes }: Recording): ProcessImage[] {
  const images = [...processes.values()];
  const probed = images.filter(({ source }) => source === 'probe');
  const jobs = probed.filter(({ role }) => role === 'job');
  const [job] = jobs;
  if (!job) return images.filter(({ source, role }) => source === 'trace' && role === 'job').slice(0, 1);
  return job.rank === undefined ? jobs : ranksBeside(job, probed);
}

export function spansByProcess({ imports }: Recording): ReadonlyMap<number, readonly ImportSpan[]> {
  const spans = new Map<number, ImportSpan[]>();
  for (const span of imports) {
    const siblings = spans.get(span.process);
    if (siblings) siblings.push(span);
    else spans.set(span.process, [span]);
  }
  return spans;
}

function lastOperations({ operations }: Recording): ReadonlyMap<number, Microseconds> {
  const last = new Map<number, Microseconds>();
  for (let row = 0; row < operations.length; row += 1) {
    const process = operations.process[row] ?? 0;
    last.set(process, Math.max(last.get(process) ?? 0, operations.time[row] ?? 0));
  }
  return last;
}

function lastSeen(process: ProcessImage, spans: readonly ImportSpan[], lastOperation = 0): Microseconds {
  if (process.end !== undefined) return process.end;
  const moments = [...process.phases, ...spans.map(({ begin, end = begin }) => ({ begin: end }))];
  return moments.reduce((latest, { begin }) => Math.max(latest, begin), Math.max(process.begin, lastOperation));
}

function endOfStart(
  { truncated }: Recording,
  process: ProcessImage,
  spans: readonly ImportSpan[],
  last: Microseconds,
): Pick<ObservedRank, 'end' | 'endsAt'> {
  const marker = phaseBegin(process, 'ready');
  if (marker !== undefined) return { end: marker, endsAt: 'marker' };
  const main = phaseBegin(process, 'main');
  const ends = spans.filter(({ level }) => level === 'main').map(({ end }) => end);
  const wasCut = ends.includes(undefined) || (main === undefined && ends.length === 0);
  if (wasCut || (truncated && process.end === undefined)) return { end: last, endsAt: 'cut-short' };
  return { end: ends.reduce<number>((latest, end = 0) => Math.max(latest, end), main ?? 0), endsAt: 'last-import' };
}

/** Every gatherer asks; a recording does not change. */
const ranksOfRecording = new WeakMap<Recording, readonly ObservedRank[]>();

function ranksIn(recording: Recording): readonly ObservedRank[] {
  const known = ranksOfRecording.get(recording) ?? findRanks(recording);
  ranksOfRecording.set(recording, known);
  return known;
}

/** Ranks are numbered within the recording where it does not say which one it is. */
function findRanks(recording: Recording): ObservedRank[] {
  const processes = jobProcesses(recording);
  const spansOf = spansByProcess(recording);
  const lastOperation = lastOperations(recording);
  const launch = recording.facts.launch[0];
  return processes.map((process, index) => {
    const spans = spansOf.get(process.id) ?? [];
    const last = lastSeen(process, spans, lastOperation.get(process.id));
    return {
      recording,
      process,
      spans,
      rank: process.rank ?? (processes.length === 1 ? launch?.rank : undefined) ?? index,
      node: launch?.node ?? 0,
      lastSeen: last,
      ...endOfStart(recording, process, spans, last),
    };
  });
}

/** Every rank seen in the recordings of one job, the first one first. */
export function observedRanks(recordings: readonly Recording[]): readonly ObservedRank[] {
  const ranks = recordings.flatMap(ranksIn).slice(0, MOST_RANKS);
  const areDistinct = new Set(ranks.map(({ rank }) => rank)).size === ranks.length;
  return areDistinct ? ranks : ranks.map((rank, index) => ({ ...rank, rank: index }));
}

/** The rank whose start is told in detail. */
export function firstRank(recordings: readonly Recording[]): ObservedRank | undefined {
  return recordings.map(ranksIn).find((ranks) => ranks.length > 0)?.[0];
}
