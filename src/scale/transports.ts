import { type FanOutTransport, staging, type Transport, type TreeTransport } from '#knowledge';
import type { FilesystemProfile } from '#schema';
import { drawFigures, type Values } from './draw-figures.ts';
import { DRAWS, drawn, intervalOf } from './draws.ts';
import { launchTime } from './launchers.ts';
import { fanOutSeconds } from './transports/fan-out.ts';
import type { Image } from './transports/image.ts';
import { sharedReadSeconds } from './transports/shared-read.ts';
import { treeSeconds } from './transports/tree.ts';
import { unpackSeconds } from './transports/unpacking.ts';
import { possibleWorlds, type World } from './worlds.ts';

export const transports: readonly Transport[] = staging.transports;

export interface StagingConditions {
  readonly nodes: number;
  /** Copies of the job that are staged at the same time, each to its own nodes: they share what they read from; 1 if absent. */
  readonly jobs?: number;
  /** Launches what runs on each node; as recordings call it. Absent, or where the recorded run had none: not known which. */
  readonly launcher?: string;
  /** Memory if absent. */
  readonly destination?: 'memory' | 'disk';
  /** Without compression if absent. */
  readonly archive?: 'tar' | 'tar.gz' | 'tar.zst';
}

export interface StagingTime {
  /** Seconds until the last node has the image, in each of the possible worlds. */
  readonly samples: readonly number[];
  /** Of the median; in sum the median. */
  readonly parts: { readonly transport: number; readonly unpacking: number };
}

/** One staging in one world. */
interface Case {
  readonly image: Image;
  readonly nodes: number;
  /** Bytes that the archive has for each byte in it. */
  readonly packed: number;
  /** Reads from shared storage on so many nodes. */
  read(nodes: number, moves: 'archive' | 'files'): number;
  /** Writes the files on so many nodes. */
  unpack(nodes: number, archived: boolean): number;
}

interface Seconds {
  readonly transport: number;
  readonly unpacking: number;
}

type Times<Of extends Transport> = (figures: Values<keyof Of['figures'] & string>, one: Case) => Seconds;

const byTree: Times<TreeTransport> = (figures, { image, nodes, packed, read, unpack }) => ({
  transport: read(1, 'archive') + treeSeconds(figures, image.bytes * packed, nodes),
  unpacking: unpack(nodes, true),
});

const byFanOut: Times<FanOutTransport> = (figures, { image, nodes, read, unpack }) => ({
  transport: read(1, 'archive') + fanOutSeconds(figures, image, nodes),
  unpacking: unpack(1, true),
});

/** In each world, the time of one case. The figures of a transport are drawn once. */
function timesOf(transport: Transport): (one: Case, world: number) => Seconds {
  const name = `transport ${transport.id}`;
  if (transport.shape === 'tree') {
    const figures = drawFigures(name, transport.figures);
    return (one, world) => byTree(figures[world] as Values<keyof TreeTransport['figures']>, one);
  }
  if (transport.shape === 'fan-out') {
    const figures = drawFigures(name, transport.figures);
    return (one, world) => byFanOut(figures[world] as Values<keyof FanOutTransport['figures']>, one);
  }
  const starts = drawn(`${name} startSeconds`, transport.figures.startSeconds);
  const { moves } = transport;
  return ({ nodes, read, unpack }, world) => ({
    transport: (starts[world] ?? 0) + read(nodes, moves),
    unpacking: unpack(nodes, moves === 'archive'),
  });
}

const NONE: Seconds = { transport: 0, unpacking: 0 };

/** How long it takes to bring an image to `nodes` nodes: from shared storage, which `profile` describes, to files that a rank can open. */
export function stagingTime(
  transport: Transport,
  image: Image,
  profile: FilesystemProfile,
  { nodes, jobs = 1, launcher = 'other', destination = 'memory', archive = 'tar' }: StagingConditions,
): StagingTime {
  if (image.files === 0) return { samples: new Array<number>(DRAWS).fill(0), parts: NONE };
  const launch = launchTime(launcher === 'none' ? 'other' : launcher, { nodes, ranksPerNode: 1 });
  const caseIn = casesOf(image, profile, { nodes, jobs, destination, archive });
  const time = timesOf(transport);
  const seconds = possibleWorlds(profile.server).map((world, index) => {
    const { transport: way, unpacking } = time(caseIn(world, index), index);
    return { transport: way + transport.steps * (launch?.[index] ?? 0), unpacking };
  });
  return summarised(seconds);
}

type Where = Required<Omit<StagingConditions, 'launcher'>>;

/** The same staging in each world. */
function casesOf(image: Image, profile: FilesystemProfile, { nodes, jobs, destination, archive }: Where) {
  const places = drawFigures(`destination ${destination}`, staging.destinations[destination]);
  const archives = drawFigures(`archive ${archive}`, staging.archives[archive]);
  const readings = drawFigures('reading', staging.reading);
  const slowest = drawn('slowest node', staging.slowestNode);
  return (world: World, index: number): Case => {
    const place = places[index] ?? { fileSeconds: 0, bytesPerSecond: 1 };
    const { packed, bytesPerSecond } = archives[index] ?? { packed: 1, bytesPerSecond: 1 };
    const reading = readings[index] ?? { readAhead: 1, filesPerDirectory: 1 };
    const archived = { files: image.files, bytes: image.bytes * packed };
    const slower = slowest[index] ?? 0;
    return {
      ...{ image, nodes, packed },
      read: (readers, moves) =>
        sharedReadSeconds(moves === 'archive' ? archived : image, moves, profile, world, reading, jobs * readers),
      unpack: (writers, isArchive) =>
        unpackSeconds(image, place, isArchive ? bytesPerSecond : Number.POSITIVE_INFINITY, slower, writers),
    };
  };
}

function summarised(seconds: readonly Seconds[]): StagingTime {
  const samples = seconds.map(({ transport, unpacking }) => transport + unpacking);
  const median = (values: readonly number[]) => intervalOf(values).likely;
  const way = median(seconds.map(({ transport }) => transport));
  const unpacking = median(seconds.map(({ unpacking }) => unpacking));
  const scale = way + unpacking > 0 ? median(samples) / (way + unpacking) : 0;
  return { samples, parts: { transport: way * scale, unpacking: unpacking * scale } };
}
