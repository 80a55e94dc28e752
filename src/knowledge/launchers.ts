import type { Figure, MpiFamily } from '#schema';
import file from '../../knowledge/launchers.json' with { type: 'json' };

export interface LauncherTiming {
  /** As recordings call it. */
  readonly id: string;
  readonly title: string;
  /** From the launcher's start until the last rank runs: for the whole, for each doubling of the nodes, for each node and each rank. */
  readonly figures: Readonly<Record<'fixedSeconds' | 'doublingSeconds' | 'nodeSeconds' | 'rankSeconds', Figure>>;
  readonly source: string;
}

/** A time limit that ends a start whose ranks do not come together soon enough. */
export interface LauncherTimeout {
  readonly id: string;
  readonly name: string;
  readonly launchers: readonly string[];
  /** MPI libraries, or imported packages, that it concerns. Absent: any. */
  readonly families?: readonly MpiFamily[];
  readonly imports?: readonly string[];
  readonly seconds: number;
  /** What exactly is timed. */
  readonly waits: string;
  readonly setting: string;
  readonly source: string;
  readonly date: string;
  readonly confidence: Figure['confidence'];
}

// JSON gives TypeScript a union of all shapes of the entries; launchers.test.ts holds them to these.
export const launcherTimings: readonly LauncherTiming[] = file.launchers as readonly LauncherTiming[];
export const startTimeouts: readonly LauncherTimeout[] = file.timeouts as readonly LauncherTimeout[];
