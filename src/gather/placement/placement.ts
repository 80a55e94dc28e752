import { success } from '#base';
import type { Facts, Group, Placement, Recording } from '#schema';
import type { Gatherer } from '../gatherer.ts';
import { groupOwn, ordered } from '../group-ranks.ts';
import { type RankFact, type StepNode, stepNodes } from '../step-nodes.ts';
import { stepPathText } from '../step-path-text.ts';

type Rank = Placement['nodes'][number]['ranks'][number];
type Layout = Facts['topology'][number];
type MaskChanges = Placement['maskChanges'][number]['value'];

/** Values of the same key once each; `indexOf` is where one lies among them. */
function distinct<Value>(keyOf: (value: Value) => unknown = (value) => value) {
  const values: Value[] = [];
  const indexes = new Map<string, number>();
  return {
    values,
    indexOf(value: Value): number {
      const key = JSON.stringify(keyOf(value));
      const index = indexes.get(key) ?? values.push(value) - 1;
      indexes.set(key, index);
      return index;
    },
  };
}

/** The kernel keeps another share of the memory on each node: that makes them no other machines. */
const withoutMemory = ({ numa, ...layout }: Layout) => ({
  ...layout,
  numa: numa.map(({ id, cpus }) => ({ id, cpus })),
});

function placed({ rank, localRank, affinity, visibleDevices }: RankFact): Rank {
  const { atStart, afterImports } = affinity;
  return {
    rank,
    ...(localRank === undefined ? {} : { localRank }),
    ...(atStart === undefined ? {} : { atStart }),
    ...(afterImports === undefined ? {} : { afterImports }),
    visibleDevices: visibleDevices ?? [],
  };
}

/** The first that any of the node's recordings has. */
function firstOf<Name extends 'topology' | 'devices'>(
  { recordings }: StepNode,
  name: Name,
): Facts[Name][number] | undefined {
  return recordings.flatMap(({ facts }): readonly Facts[Name][number][] => facts[name])[0];
}

function changes({ maskChanges, seen }: RankFact, { paths }: Recording): MaskChanges | undefined {
  if (!maskChanges) return seen === 'inside' ? [] : undefined;
  return maskChanges.map(({ libraries, ...change }) => ({
    ...change,
    libraries: libraries.map((path) => stepPathText(paths, path)),
  }));
}

/** Where the ranks run: the cores and devices of each node, the masks of its ranks, and what changed them. */
export const placement: Gatherer<'placement'> = {
  makes: 'placement',

  gather(recordings) {
    const layouts = distinct<Layout>(withoutMemory);
    const devices = distinct<Facts['devices'][number]>();
    const nodes = stepNodes(recordings).map((node) => {
      const layout = firstOf(node, 'topology');
      const has = firstOf(node, 'devices');
      return {
        name: node.name,
        ...(layout ? { layout: layouts.indexOf(layout) } : {}),
        ...(has ? { devices: devices.indexOf({ ...has, drivers: ordered(has.drivers) }) } : {}),
        ranks: node.ranks.map(placed),
      };
    });
    const maskChanges: Group<MaskChanges>[] = groupOwn(recordings, changes);
    return success({ layouts: layouts.values, devices: devices.values, nodes, maskChanges });
  },
};
