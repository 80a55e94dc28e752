import { type LauncherTimeout, launcherTimings, startTimeouts } from '#knowledge';
import type { MpiFamily } from '#schema';
import { drawFigures } from './draw-figures.ts';

/** Seconds from the launcher's start until the last rank runs, in each of the possible worlds. Undefined where nothing launches. */
export function launchTime(
  launcher: string,
  { nodes, ranksPerNode }: { readonly nodes: number; readonly ranksPerNode: number },
): readonly number[] | undefined {
  if (launcher === 'none') return undefined;
  const timing = launcherTimings.find(({ id }) => id === launcher) ?? launcherTimings.find(({ id }) => id === 'other');
  if (!timing) return undefined;
  const ranks = nodes * ranksPerNode;
  return drawFigures(`launcher ${timing.id}`, timing.figures).map(
    ({ fixedSeconds, doublingSeconds, nodeSeconds, rankSeconds }) =>
      fixedSeconds + doublingSeconds * Math.log2(Math.max(1, nodes)) + nodeSeconds * nodes + rankSeconds * ranks,
  );
}

/** What is known of the job beside its launcher. */
export interface Started {
  /** Absent where no MPI was seen, or not which. */
  readonly family?: MpiFamily;
  readonly imports?: ReadonlySet<string>;
}

/**
 * Time limits that can end a slow start under this launcher. One that concerns certain MPI libraries is told where the
 * library is one of them, or an unknown one may be; one that concerns a package only where the package was imported.
 */
export function launchTimeouts(
  launcher: string,
  { family = 'unknown', imports }: Started = {},
): readonly LauncherTimeout[] {
  return startTimeouts.filter((timeout) => {
    if (!timeout.launchers.includes(launcher)) return false;
    if (timeout.families && !timeout.families.includes(family)) return false;
    return !timeout.imports || timeout.imports.some((name) => imports?.has(name));
  });
}
