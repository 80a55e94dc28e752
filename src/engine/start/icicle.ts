import type { Accesses, IcicleNode, ImportNode, Imports } from '#schema';
import { callsByImport } from './calls.ts';

/** A share of the whole below which an import is folded into the one that asked for it: a hair's width in a chart. */
const SMALLEST_SHARE = 0.002;

/** What a reader can still look through, and a page can hold. */
const MOST_NODES = 600;

interface Weighed {
  readonly node: ImportNode;
  readonly parent: number | undefined;
  readonly selfCalls: number;
  totalCalls: number;
}

/** Imports of the start in an order where an import comes after the one that asked for it, with their calls added up. */
function weigh(imports: Imports, accesses: Accesses | undefined): Map<number, Weighed> {
  const calls = callsByImport(accesses);
  const weighed = new Map<number, Weighed>();
  for (const node of imports.nodes) {
    if (!node.inStart || weighed.has(node.id)) continue;
    const parent = node.parent !== undefined && weighed.has(node.parent) ? node.parent : undefined;
    const selfCalls = calls.get(node.id) ?? 0;
    weighed.set(node.id, { node, parent, selfCalls, totalCalls: selfCalls });
  }
  for (const one of [...weighed.values()].reverse()) {
    const above = one.parent === undefined ? undefined : weighed.get(one.parent);
    if (above) above.totalCalls += one.totalCalls;
  }
  return weighed;
}

/** Ids of the imports that are shown. An import weighs at least what it pulled in, so a shown one's parent is shown. */
function chooseShown(weighed: ReadonlyMap<number, Weighed>): Set<number> {
  const all = [...weighed.values()];
  const tops = all.filter(({ parent }) => parent === undefined);
  const seconds = tops.reduce((sum, { node }) => sum + node.totalSeconds, 0) || 1;
  const calls = tops.reduce((sum, { totalCalls }) => sum + totalCalls, 0) || 1;
  const share = ({ node, totalCalls }: Weighed) => Math.max(node.totalSeconds / seconds, totalCalls / calls);
  const big = all.filter((one) => share(one) >= SMALLEST_SHARE).sort((a, b) => share(b) - share(a));
  const shown = new Set<number>();
  for (const one of big.slice(0, MOST_NODES)) shown.add(one.node.id);
  // Clocks are coarse: where a child seems to weigh more than its parent, it goes with its parent.
  for (const one of all) if (one.parent !== undefined && !shown.has(one.parent)) shown.delete(one.node.id);
  return shown;
}

/** Takes what is too small for a row of its own. */
function foldInto(row: IcicleNode, { node, selfCalls }: Weighed): void {
  row.selfSeconds += node.selfSeconds;
  row.selfCalls += selfCalls;
  row.folded = (row.folded ?? 0) + 1;
}

/** The row of those that no import asked for: what is folded into it is all there is of it. */
function addUp(rest: IcicleNode): IcicleNode {
  return { ...rest, totalSeconds: rest.selfSeconds, totalCalls: rest.selfCalls };
}

/** The imports of the start as a tree, the small ones folded into what asked for them. */
export function drawIcicle(imports: Imports, accesses: Accesses | undefined): IcicleNode[] {
  const weighed = weigh(imports, accesses);
  const shown = chooseShown(weighed);
  const rows: IcicleNode[] = [];
  const rowOf = new Map<number, number>();
  const rest = { module: '(smaller imports)', selfSeconds: 0, totalSeconds: 0, selfCalls: 0, totalCalls: 0, folded: 0 };
  for (const [id, one] of weighed) {
    const above = one.parent === undefined ? undefined : rowOf.get(one.parent);
    if (shown.has(id)) {
      const { module, selfSeconds, totalSeconds } = one.node;
      const row = { module, selfSeconds, totalSeconds, selfCalls: one.selfCalls, totalCalls: one.totalCalls };
      rowOf.set(id, rows.push(above === undefined ? row : { ...row, parent: above }) - 1);
    } else {
      foldInto(rows[above ?? -1] ?? rest, one);
      // What it pulled in folds into the same row.
      if (above !== undefined) rowOf.set(id, above);
    }
  }
  return rest.folded > 0 ? [...rows, addUp(rest)] : rows;
}
