import type { ImportSpan, ProcessImage, Recording } from '#schema';
import { type ObservedRank, phaseBegin } from '../observed-ranks.ts';

/**
 * What sitecustomize and usercustomize import: in the replay it happens as in the one run, while the interpreter starts,
 * before anything there notes which import is at work.
 */
export interface ReplayedSite {
  /** For a row of the replay, the import of the one run that it belongs to; 0 where it is the interpreter's own. */
  importOf(row: number): number;
  /** Whether a row of the one run is told by one of the replay. */
  tells(row: number): boolean;
  /** Whether the replay saw the file of this import opened. */
  saw(span: ImportSpan): boolean;
}

const beforeMain = (image: ProcessImage) => phaseBegin(image, 'main') ?? Number.NEGATIVE_INFINITY;

/** Rows of one image before its script, in their order. */
function earlyRows({ operations }: Recording, image: ProcessImage, isWanted: (by: number) => boolean): number[] {
  const end = beforeMain(image);
  const rows: number[] = [];
  for (let row = 0; row < operations.length; row += 1) {
    if (operations.process[row] !== image.id || (operations.time[row] ?? 0) >= end) continue;
    if (isWanted(operations.import[row] ?? 0)) rows.push(row);
  }
  return rows;
}

/** Finds for each early operation of an import the same one in the replay: the last, since these imports end the interpreter's start. */
export function replayedSite({ recording, process }: ObservedRank, replay: ProcessImage): ReplayedSite {
  const { operations } = recording;
  const keyOf = (row: number) => `${operations.operation[row]} ${operations.path[row]} ${operations.error[row]}`;
  const again = new Map<string, number[]>();
  const opened = new Set<number>();
  for (const row of earlyRows(recording, replay, (by) => by === 0)) {
    if (operations.error[row] === 0) opened.add(operations.path[row] ?? 0);
    const alike = again.get(keyOf(row));
    if (alike) alike.push(row);
    else again.set(keyOf(row), [row]);
  }
  const imports = new Map<number, number>();
  const told = new Set<number>();
  for (const row of earlyRows(recording, process, (by) => by !== 0).reverse()) {
    const same = again.get(keyOf(row))?.pop();
    if (same === undefined) continue;
    told.add(row);
    imports.set(same, operations.import[row] ?? 0);
  }
  return {
    importOf: (row) => imports.get(row) ?? 0,
    tells: (row) => told.has(row),
    saw: ({ begin, origin }) => begin < beforeMain(process) && origin !== undefined && opened.has(origin),
  };
}
