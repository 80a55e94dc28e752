import { formatCount, formatSeconds } from '#base';
import type { IcicleNode, Report } from '#schema';
import { visible } from '../visible.ts';
import { chain, code, number, optional, sharesOf, type Table } from './table.ts';

type Import = { readonly node: IcicleNode; readonly chain: string };

const DEEPEST = 60;

/** From the top down to the import's parent. A report may come from anywhere: a parent that is not before its child is none. */
export function ancestorsOf(nodes: readonly IcicleNode[], index: number): number[] {
  const chain: number[] = [];
  let child = index;
  for (
    let parent = nodes[index]?.parent;
    parent !== undefined && chain.length < DEEPEST;
    parent = nodes[child]?.parent
  ) {
    if (parent < 0 || parent >= child) break;
    chain.unshift(parent);
    child = parent;
  }
  return chain;
}

const tellChain = (nodes: readonly IcicleNode[], index: number) =>
  ancestorsOf(nodes, index)
    .map((each) => visible(nodes[each]?.module ?? '', 120))
    .join(' > ');

/** Imports by their own time or by their own calls, whatever asked for them. */
export function importsTable({ icicle }: Report, by: 'time' | 'calls', most: number): Table {
  const weight = ({ selfSeconds, selfCalls }: IcicleNode) => (by === 'time' ? selfSeconds : selfCalls);
  const shown: Import[] = [...icicle.entries()]
    .sort(([, a], [, b]) => weight(b) - weight(a))
    .slice(0, most)
    .map(([index, node]) => ({ node, chain: tellChain(icicle, index) }));
  return {
    title: `Imports by their own ${by === 'time' ? 'time' : 'calls'} (measured, one rank)`,
    columns: [
      code('Module'),
      number('Self'),
      number('Total'),
      number('Calls'),
      optional(number('Total calls')),
      optional(number('Folded in')),
      chain('Pulled in by'),
    ],
    rows: shown.map(({ node, chain }) => [
      visible(node.module, 120),
      formatSeconds(node.selfSeconds),
      formatSeconds(node.totalSeconds),
      formatCount(node.selfCalls),
      formatCount(node.totalCalls),
      node.folded ? formatCount(node.folded) : '',
      chain,
    ]),
    shares: sharesOf(shown.map(({ node }) => weight(node))),
    total: icicle.length,
  };
}

/** Imports in the order they were made, each with who asked for it: the icicle as rows. */
export function importTreeTable(report: Report, most: number): Table {
  const { icicle } = report;
  const kept = new Set(
    [...icicle.entries()]
      .sort(([, a], [, b]) => b.totalSeconds - a.totalSeconds)
      .slice(0, most)
      .map(([index]) => index),
  );
  return {
    title: 'Imports in order, the largest ones (times and calls measured, one rank)',
    columns: [
      code('Module'),
      code('Asked for by'),
      number('Self'),
      number('Total'),
      number('Calls'),
      number('Total calls'),
      number('Folded in'),
    ],
    rows: [...icicle.entries()]
      .filter(([index]) => kept.has(index))
      .map(([index, node]) => [
        visible(node.module, 120),
        visible(icicle[ancestorsOf(icicle, index).at(-1) ?? -1]?.module ?? '', 120),
        formatSeconds(node.selfSeconds),
        formatSeconds(node.totalSeconds),
        formatCount(node.selfCalls),
        formatCount(node.totalCalls),
        node.folded ? formatCount(node.folded) : '',
      ]),
    total: icicle.length,
  };
}
