import { sum } from '#base';

/** What one node asks of the shared file system for the start of all its ranks. */
export interface Requests {
  /** Names that were found, asked for one component of a path at a time. */
  readonly lookups: number;
  /** Names that are not there. */
  readonly misses: number;
  /** Attributes asked again. */
  readonly getattrs: number;
  /** Files and directories. */
  readonly opens: number;
  readonly closes: number;
  readonly readdirs: number;
  readonly readlinks: number;
  /** Files made, renamed, removed; folders made; locks. */
  readonly changes: number;
  /** Sizes asked of the data servers. */
  readonly sizes: number;
  readonly reads: number;
  readonly writes: number;
  /** Read and written. */
  readonly bytes: number;
  /** Sum of the metadata requests: all but `sizes`, `reads` and `writes`. */
  readonly metadata: number;
}

/** What is moved of one file, `times` over for the ranks of the node. */
export interface Fetch {
  /** Where an open drops what was cached, each one that reads makes a request. */
  readonly leastRequests: number;
  readonly readBytes: number;
  readonly mappedBytes: number;
  /** Size of an executed program, or of the interpreter's own library. */
  readonly programBytes: number;
  readonly writtenBytes: number;
  readonly times: number;
}

/**
 * What the start touches of a mapped library, fitted to what slowfs served for five imports of NumPy, SciPy and pandas
 * (docs/concepts/scale.md): the header, symbols and relocations of each, and a share of the rest.
 */
const TOUCHED_OF_EACH_LIBRARY_BYTES = 280_000;
const TOUCHED_SHARE = 0.09;
/** Page faults fetch less than a whole request. Same measurement: 72 KiB of 128 KiB. */
const FILLED_BY_FAULTS = 0.55;

/**
 * An interpreter runs nearly all of itself: slowfs served 5.6 of the 6.9 MB of Debian's python3.11, and 4.1 MB more of
 * a libpython than a library like others would take, in requests that are filled better.
 */
const USED_OF_PROGRAM = 0.8;
const FILLED_BY_PROGRAM = 0.85;

const usedOfProgram = ({ programBytes }: Fetch) => USED_OF_PROGRAM * programBytes;

export const touchedOfMapped = (mappedBytes: number) =>
  Math.min(mappedBytes, TOUCHED_OF_EACH_LIBRARY_BYTES + TOUCHED_SHARE * mappedBytes);

const touched = ({ mappedBytes }: Fetch) => touchedOfMapped(mappedBytes);

/** Data requests of `requestBytes` each by which so much of a mapped file is fetched, page by page. */
export const faultsOf = (bytes: number, requestBytes: number) => bytes / (FILLED_BY_FAULTS * requestBytes);

/** Bytes moved for the fetches. */
export function bytesOf(fetches: readonly Fetch[]): number {
  return sum(
    fetches,
    (fetch) => fetch.times * (fetch.readBytes + touched(fetch) + usedOfProgram(fetch) + fetch.writtenBytes),
  );
}

/** Data requests of `requestBytes` each that fetch what is read and mapped. */
export function readsOf(fetches: readonly Fetch[], requestBytes: number): number {
  return sum(fetches, (fetch) => {
    const faults = faultsOf(touched(fetch), requestBytes) + usedOfProgram(fetch) / (FILLED_BY_PROGRAM * requestBytes);
    // The header that the loader reads of a library is part of what is mapped.
    return fetch.times * Math.max(fetch.leastRequests, faults, Math.ceil(fetch.readBytes / requestBytes));
  });
}

export function writesOf(fetches: readonly Fetch[], requestBytes: number): number {
  return sum(fetches, (fetch) => fetch.times * Math.ceil(fetch.writtenBytes / requestBytes));
}
