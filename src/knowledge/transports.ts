import type { Figure } from '#schema';
import file from '../../knowledge/transports.json' with { type: 'json' };

type Figures<Name extends string> = Readonly<Record<Name, Figure>>;

interface Common {
  readonly id: string;
  readonly title: string;
  /** What must be there. Nothing: any node can. */
  readonly needs: readonly ('slurm' | 'mpi' | 'flux' | 'ssh' | 'rsync')[];
  /** Launchers, by the recording's word, under which what it needs is there. */
  readonly comesWith: readonly string[];
  /** How often one process a node is launched for it. */
  readonly steps: number;
  readonly source: string;
}

/** One node reads an archive from the shared file system; nodes pass it on in a tree; each unpacks it. */
export interface TreeTransport extends Common {
  readonly shape: 'tree';
  readonly figures: Figures<
    'startSeconds' | 'levelSeconds' | 'fanOut' | 'blockBytes' | 'streamBytesPerSecond' | 'linkBytesPerSecond'
  >;
}

/** One node unpacks an archive; the tree is copied from node to node, a limited number of copies at a time. */
export interface FanOutTransport extends Common {
  readonly shape: 'fan-out';
  readonly figures: Figures<
    | 'startSeconds'
    | 'connectSeconds'
    | 'fileSeconds'
    | 'fanOut'
    | 'workers'
    | 'streamBytesPerSecond'
    | 'linkBytesPerSecond'
  >;
}

/** Each node reads from the shared file system itself: one archive, or file by file. */
export interface ReadersTransport extends Common {
  readonly shape: 'readers';
  readonly moves: 'archive' | 'files';
  readonly figures: Figures<'startSeconds'>;
}

export type Transport = TreeTransport | FanOutTransport | ReadersTransport;

interface Staging {
  readonly transports: readonly Transport[];
  /** One process that reads from the shared file system, from the beginning of a file to its end. */
  readonly reading: Figures<'readAhead' | 'filesPerDirectory'>;
  /** Where a node keeps what it got. */
  readonly destinations: Readonly<Record<'memory' | 'disk', Figures<'fileSeconds' | 'bytesPerSecond'>>>;
  /** `packed`: bytes of the archive for each byte in it; the rate is in bytes that come out. */
  readonly archives: Readonly<Record<'tar' | 'tar.gz' | 'tar.zst', Figures<'packed' | 'bytesPerSecond'>>>;
  /** By which share each doubling of the nodes makes the slowest one slower. */
  readonly slowestNode: Figure;
}

// JSON gives TypeScript a union of all shapes of the entries; transports.test.ts holds them to these.
/** How an image gets from shared storage to each node, and what that takes. */
export const staging = file as Staging;
