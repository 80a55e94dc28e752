import type { Interval } from '#base';
import type { Cost } from './verdict.ts';

/** A shared library of hundreds of megabytes that a job loads. */
export interface LargeLibrary {
  readonly path: string;
  readonly bytes: number;
  /** What the loader maps of it: what is touched is part of that. Debug information, say, is not. */
  readonly mappedBytes: number;
}

/** What such a library costs in an image, and where it is. */
export interface WeighedLibrary extends LargeLibrary {
  /** By how much longer a start takes with it in the image, in seconds. */
  readonly packedSeconds: Interval;
  /** By how much longer a start takes that reads what it touches from shared storage: least touched, likely, most. */
  readonly readSeconds: Interval;
  /** Which costs less, however much is touched; `unknown`: that decides. */
  readonly cheaper: 'packed' | 'read' | 'unknown';
}

/** Whether it pays to stage one image, and how: what `pharos pack` tells. All of it modelled. */
export interface StagingOutlook {
  readonly nodes: number;
  readonly ranksPerNode: number;
  /** The file system whose profile was used; `calibrated`: the user measured it. */
  readonly profile: { readonly title: string; readonly calibrated: boolean };
  /** Seconds until the last rank has started, as it is. */
  readonly asIs: Interval;
  /** The same with the image brought to each node first. Absent: no transport of archives is known to be there. */
  readonly staged?: { readonly title: string; readonly seconds: Interval; readonly saves: Cost };
  /** The least number of nodes from which staging is likely, and surely, faster. */
  readonly pays: { readonly likelyFrom?: number; readonly surelyFrom?: number; readonly tried: number };
  /** From how many nodes on which transport is likely the fastest; ids of knowledge/transports.json. */
  readonly transports: readonly { readonly fromNodes: number; readonly transport: string }[];
  /** What helps without an image, as remedies say it. */
  readonly withoutImage: readonly { readonly title: string; readonly saves: Cost }[];
  /** Those of the libraries asked for, the largest first. */
  readonly large: readonly WeighedLibrary[];
  /** Why not all that the job opened was seen; the image can lack some of it. */
  readonly unseen?: string;
}
