import { type Interval, sum } from '#base';
import type { LargeLibrary, WeighedLibrary } from '#schema';
import { intervalOf } from './draws.ts';
import type { MappedFile } from './mapped-files.ts';
import { touchedOfMapped } from './requests.ts';
import { chooseTransport, stagedStart } from './staged-start.ts';
import type { Conditions, StartModel } from './start-model.ts';
import type { Image } from './transports/image.ts';

/** A plan so far: what is in the image, and which libraries are read where they are. */
interface Plan {
  readonly image: Image;
  readonly left: readonly LargeLibrary[];
}

const mappedOf = (libraries: readonly LargeLibrary[], share: number): MappedFile[] =>
  libraries.map(({ mappedBytes }) => ({ touchedBytes: share * mappedBytes }));

const more = (whole: readonly number[], without: readonly number[]) =>
  whole.map((seconds, index) => Math.max(0, seconds - (without[index] ?? 0)));

/** In more than half of the possible worlds. */
function isMostlyLess(a: readonly number[], b: readonly number[]): boolean {
  return a.filter((seconds, index) => seconds < (b[index] ?? 0)).length > a.length / 2;
}

interface Compared {
  readonly isReadLess: boolean;
  readonly isPackedLess: boolean;
}

function agreed(least: Compared, most: Compared): WeighedLibrary['cheaper'] {
  if (least.isReadLess && most.isReadLess) return 'read';
  return least.isPackedLess && most.isPackedLess ? 'packed' : 'unknown';
}

/** One more library: packed with the rest of the image, or left where it is with those that are left already. */
function weigh(
  library: LargeLibrary,
  { image, left }: Plan,
  touched: Interval,
  samplesOf: (image: Image, mapped: readonly MappedFile[]) => readonly number[],
): WeighedLibrary {
  const without = { files: image.files - 1, bytes: image.bytes - library.bytes };
  const at = (share: number) => {
    const others = mappedOf(left, share);
    const neither = samplesOf(without, others);
    const packed = samplesOf(image, others);
    const read = samplesOf(without, [...others, ...mappedOf([library], share)]);
    return {
      packed: more(packed, neither),
      read: more(read, neither),
      isReadLess: isMostlyLess(read, packed),
      isPackedLess: isMostlyLess(packed, read),
    };
  };
  const [least, likely, most] = [at(touched.low), at(touched.likely), at(touched.high)];
  return {
    ...library,
    packedSeconds: intervalOf(likely.packed),
    readSeconds: {
      low: intervalOf(least.read).low,
      likely: intervalOf(likely.read).likely,
      high: intervalOf(most.read).high,
    },
    cheaper: agreed(least, most),
  };
}

export interface Weighed {
  /** The largest first. */
  readonly libraries: readonly WeighedLibrary[];
  /** Without those of which reading costs less. */
  readonly image: Image;
  /** Those, with what is taken to be touched of each library of the start as it is. */
  readonly mapped: readonly MappedFile[];
}

/**
 * For each very large library of an image, whether bringing it to each node costs more than reading there what a start
 * touches of it, at one size and in the same possible worlds. How much is touched shows in no system call: `touched` is the
 * share, as an interval, and what its two ends do not agree on is unknown. The largest comes first, and what is found to be
 * read where it is stays so for those after it.
 */
export function weighLibraries(
  model: StartModel,
  launcher: string,
  conditions: Conditions,
  image: Image,
  libraries: readonly LargeLibrary[],
  touched: Interval,
): Weighed {
  const transport = chooseTransport(model, launcher, conditions, image)?.transport;
  if (!transport || !model.profile.shared) return { libraries: [], image, mapped: [] };
  const samplesOf = (packed: Image, mapped: readonly MappedFile[]) =>
    stagedStart(model, transport, launcher, conditions, packed, mapped).samples;
  const found: WeighedLibrary[] = [];
  for (const library of libraries.toSorted((a, b) => b.bytes - a.bytes || (a.path < b.path ? -1 : 1))) {
    const left = found.filter(({ cheaper }) => cheaper === 'read');
    const here = { files: image.files - left.length, bytes: image.bytes - sum(left, ({ bytes }) => bytes) };
    found.push(weigh(library, { image: here, left }, touched, samplesOf));
  }
  const left = found.filter(({ cheaper }) => cheaper === 'read');
  return {
    libraries: found,
    image: { files: image.files - left.length, bytes: image.bytes - sum(left, ({ bytes }) => bytes) },
    mapped: left.map(({ mappedBytes }) => ({ touchedBytes: touchedOfMapped(mappedBytes) })),
  };
}
