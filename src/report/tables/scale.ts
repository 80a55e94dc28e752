import { formatCount, formatNumber, formatRange, formatSeconds } from '#base';
import type { ScalePlan, ScaleTable } from '#schema';
import { LIMIT, nameOf, startOf } from '../scale-words.ts';
import { number, optional, prose, type Table } from './table.ts';

const range = ({ low, high }: { low: number; high: number }) => formatRange(low, high, formatNumber);

/** One way to start at every size: median, interval, and what limits it. */
export function planTable({ points, plans }: ScaleTable, plan: ScalePlan): Table {
  const isPlain = plan.id === plans[0]?.id;
  return {
    title: `Seconds to start, ${nameOf(plan)} (modelled)`,
    columns: [
      number('Nodes'),
      number('Median'),
      number('5 to 95 %'),
      prose('Limited most by'),
      ...(isPlain ? [optional(number('Requests'))] : []),
    ],
    rows: points.flatMap((point) => {
      const start = startOf(point, plan.id);
      if (!start) return [];
      const { seconds, limit } = start;
      return [
        [
          formatCount(point.nodes),
          formatNumber(seconds.likely),
          range(seconds),
          LIMIT[limit],
          ...(isPlain ? [formatCount(point.requests)] : []),
        ],
      ];
    }),
    total: points.length,
  };
}

const fromNodes = (nodes: number | undefined, none: string) => (nodes === undefined ? none : formatCount(nodes));

/** From which size each other way to start is the faster one, and what it takes at the largest. */
export function paysTable({ plans, pays, points }: ScaleTable): Table {
  const last = points.at(-1);
  return {
    title: `From how many nodes it pays (modelled; tried up to ${formatCount(pays[0]?.tried ?? 0)})`,
    columns: [
      prose('Way to start'),
      number('Likely'),
      number('Surely'),
      number(last ? `On ${formatCount(last.nodes)} nodes` : 'At the largest'),
    ],
    rows: pays.flatMap(({ plan: id, likelyFrom, surelyFrom }) => {
      const plan = plans.find((one) => one.id === id);
      const start = last && startOf(last, id);
      if (!plan || !start) return [];
      const name = plan.known ? nameOf(plan) : `${nameOf(plan)} *`;
      return [
        [name, fromNodes(likelyFrom, 'never'), fromNodes(surelyFrom, 'not sure'), formatSeconds(start.seconds.likely)],
      ];
    }),
    total: pays.length,
  };
}

const isWorthTelling = (part: number, whole: number) => part > 0.001 * whole;

/** Where the median goes, in parts of it. */
export function partsTable({ points, plans }: ScaleTable): Table {
  const [plain] = plans;
  const rows = points.flatMap((point) => {
    const start = plain && startOf(point, plain.id);
    return start ? [{ nodes: point.nodes, parts: start.parts, seconds: start.seconds.likely }] : [];
  });
  const shown = (Object.keys(LIMIT) as (keyof typeof LIMIT)[]).filter((limit) =>
    rows.some(({ parts, seconds }) => isWorthTelling(parts[limit] ?? 0, seconds)),
  );
  return {
    title: 'Where the median goes, as it is (seconds, modelled)',
    columns: [number('Nodes'), ...shown.map((limit) => number(LIMIT[limit]))],
    rows: rows.map(({ nodes, parts }) => [
      formatCount(nodes),
      ...shown.map((limit) => formatNumber(parts[limit] ?? 0)),
    ]),
    total: rows.length,
  };
}
