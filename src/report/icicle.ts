import { hierarchy, partition } from 'd3-hierarchy';
import type { IcicleNode, Report } from '#schema';

// The tree of imports laid out as an icicle: width is time or calls, depth is who asked for whom.

export interface Box {
  readonly node: IcicleNode;
  /** Its place in the report's list. */
  readonly index: number;
  /** Fractions of the whole, 0 to 1. */
  readonly left: number;
  readonly width: number;
  /** 1 for imports of the script itself. */
  readonly depth: number;
}

export interface Icicle {
  readonly boxes: readonly Box[];
  /** Deepest row drawn. */
  readonly rows: number;
  /** Imports that are too small, or too deep, to be drawn. */
  readonly folded: number;
  /** Sum over all imports: seconds or calls. */
  readonly whole: number;
}

interface Branch {
  readonly index: number;
  readonly weight: number;
  readonly children: Branch[];
}

/** More are not read: no page shows them, and a hostile report may hold millions. */
const MOST_NODES = 20_000;
const DEEPEST = 14;

const heavy = (value: number) => (Number.isFinite(value) && value > 0 ? Math.min(value, 1e12) : 0);

/** A parent that does not come before its child would make a ring; such a child is put at the top. */
function treeOf(nodes: readonly IcicleNode[], weigh: (node: IcicleNode) => number): Branch {
  const root: Branch = { index: -1, weight: 0, children: [] };
  const branches: Branch[] = [];
  for (const [index, node] of nodes.slice(0, MOST_NODES).entries()) {
    const branch: Branch = { index, weight: heavy(weigh(node)), children: [] };
    branches.push(branch);
    const parent = node.parent === undefined || node.parent >= index ? undefined : branches[node.parent];
    (parent ?? root).children.push(branch);
  }
  return root;
}

/** Boxes in the order of the report; those narrower than `narrowest` of the whole are only counted. */
export function layOutIcicle(report: Report, by: 'time' | 'calls', most: number, narrowest = 0.0035): Icicle {
  const nodes = report.icicle;
  const tree = hierarchy(treeOf(nodes, (node) => (by === 'time' ? node.selfSeconds : node.selfCalls))).sum(
    ({ weight }) => weight,
  );
  const whole = tree.value ?? 0;
  const wide = partition<Branch>()(tree)
    .descendants()
    .filter(({ data, depth, x0, x1 }) => data.index >= 0 && depth <= DEEPEST && x1 - x0 >= narrowest)
    .toSorted((a, b) => b.x1 - b.x0 - (a.x1 - a.x0))
    .slice(0, most);
  const boxes = wide.flatMap(({ data, depth, x0, x1 }) => {
    const node = nodes[data.index];
    return node ? [{ node, index: data.index, left: x0, width: x1 - x0, depth }] : [];
  });
  return {
    boxes: boxes.sort((a, b) => a.index - b.index),
    rows: boxes.reduce((deepest, { depth }) => Math.max(deepest, depth), 0),
    folded: nodes.length - boxes.length + boxes.reduce((sum, { node }) => sum + Math.max(0, node.folded ?? 0), 0),
    whole,
  };
}
