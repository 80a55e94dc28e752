import {
  formatBytes,
  formatCount,
  formatCountOf,
  formatNumber,
  formatRange,
  formatSeconds,
  type Interval,
} from '#base';
import type { Limit, ScalePlan, ScaleTable } from '#schema';
import { visible } from './visible.ts';

/** What limits a start, as a reader says it. */
export const LIMIT: Readonly<Record<Limit, string>> = {
  'own-work': 'own work',
  'node-cpu': "node's cores",
  'round-trips': 'round trips',
  'node-requests': "node's requests",
  'metadata-server': 'metadata server',
  'data-servers': 'data servers',
  launcher: 'launcher',
  transport: 'transport',
  unpacking: 'unpacking',
};

export type Start = ScaleTable['points'][number]['starts'][number];

export const nameOf = ({ title }: Pick<ScalePlan, 'title'>) => visible(title, 60);

export const startOf = (point: ScaleTable['points'][number], plan: string): Start | undefined =>
  point.starts.find((start) => start.plan === plan);

/** Plans worth a line beside the start as it is: at the largest size the fastest remedy and the fastest staging, of what the site is seen to have where there is any. */
export function chooseShown({ plans, points }: ScaleTable): ScalePlan[] {
  const last = points.at(-1);
  const seconds = ({ id }: ScalePlan) => (last && startOf(last, id)?.seconds.likely) ?? Number.POSITIVE_INFINITY;
  const best = (kind: ScalePlan['kind']) =>
    plans
      .filter((plan) => plan.kind === kind)
      .sort((a, b) => Number(b.known) - Number(a.known) || seconds(a) - seconds(b))[0];
  return [best('as-is'), best('remedy'), best('staged')].filter((plan) => plan !== undefined);
}

export const scriptOf = ({ job }: ScaleTable): string => visible(job.script === '' ? 'the job' : job.script, 120);

/** Whose storage, what size: the sentence that every face begins with. */
export function tellSetting({ profile, ranksPerNode, coresPerNode, jobs, applies }: ScaleTable): string {
  const title = visible(profile.title, 120);
  const shared = profile.calibrated ? `on ${title}` : `on a typical installation of ${title}`;
  const where = profile.shared ? shared : `on storage of each node's own (${title})`;
  const asIf = applies === 'as-if' ? ', as if its environment and code were there' : '';
  const copies = jobs > 1 ? `, ${formatCount(jobs)} jobs of this size at once` : '';
  return `${where}${asIf}; ${formatCountOf(ranksPerNode, 'rank')} and ${formatCountOf(coresPerNode, 'core')} per node${copies}`;
}

export const HOW_TO_READ =
  'Modelled: seconds until the last rank has started. The median of the possible worlds that the figures of the file system allow, and the range that nine in ten of them lie in.';

export function tellFigures({ profile: { figures } }: ScaleTable): string {
  return `The file system's figures: ${figures.measured} measured, ${figures.published} published, ${figures.assumed} assumed.`;
}

export const LOCAL = 'The file system is local to each node: the cost does not grow with nodes.';

export function tellSustained({ sustained, ranksPerNode }: ScaleTable): string[] {
  if (!sustained) return [];
  const { low, likely, high } = sustained.startsPerSecond;
  const [a, b, c] = [low, likely, high].map(formatNumber);
  return [
    `Task farms and job arrays: the servers keep up with ${b} starts of a rank each second (modelled, ${a} to ${c}), ${formatCount(ranksPerNode)} on each node at a time and nodes that have nothing cached; then the ${LIMIT[sustained.limit]} is full.`,
  ];
}

/** What the star in the table stands for. */
export function tellStar({ plans }: ScaleTable): string[] {
  return plans.every(({ known }) => known) ? [] : ['* Nothing that was recorded tells whether the site has it.'];
}

export function tellImage({ image }: ScaleTable): string[] {
  if (!image) return [];
  return [
    `Staged starts move ${formatCountOf(image.files, 'file')} and ${formatBytes(image.bytes)} to each node (${image.basis}): what the start was seen to use.`,
  ];
}

export function tellTimeouts({ timeouts }: ScaleTable): string[] {
  return timeouts
    .filter(({ mayFrom }) => mayFrom !== undefined)
    .map(({ name, seconds, waits, setting, mayFrom = 0, likelyFrom }) => {
      const median = likelyFrom === undefined ? '' : `, in the median from ${formatCount(likelyFrom)}`;
      return (
        `A time limit may end the start: ${visible(name, 200)}, ${formatSeconds(seconds)} ${visible(waits, 300)}. ` +
        `That is at most the whole start, which may take so long from ${formatCountOf(mayFrom, 'node')}${median}. Raise it: ${visible(setting, 300)}`
      );
    });
}

const sayInterval = ({ low, likely, high }: Interval) =>
  `${formatSeconds(likely)} (${formatRange(low, high, formatSeconds)})`;

function sayPays({ pays }: ScaleTable, { id }: ScalePlan): string {
  const pay = pays.find(({ plan }) => plan === id);
  if (!pay) return '';
  const { likelyFrom, surelyFrom } = pay;
  if (likelyFrom === undefined) return `, which is likely to pay at no size up to ${formatCountOf(pay.tried, 'node')}`;
  const from = `, and is likely to pay from ${formatCountOf(likelyFrom, 'node')}`;
  if (surelyFrom === undefined) return `${from}, surely at no size`;
  return surelyFrom === likelyFrom ? `${from}, and sure to` : `${from}, surely from ${formatCount(surelyFrom)}`;
}

/** At the largest size: as it is, with the quickest cure, with the quickest staging. */
export function tellEnds(table: ScaleTable): string[] {
  const first = table.points[0];
  const last = table.points.at(-1);
  if (!first || !last) return [];
  const on = `On ${formatCountOf(last.nodes, 'node')}`;
  return chooseShown(table).flatMap((plan) => {
    const start = startOf(last, plan.id);
    if (!start) return [];
    const interval = sayInterval(start.seconds);
    if (plan.kind !== 'as-is') return [`${nameOf(plan)}: ${interval}${sayPays(table, plan)}.`];
    const least = first === last ? undefined : startOf(first, plan.id);
    const small = least ? `, and ${sayInterval(least.seconds)} on ${formatCountOf(first.nodes, 'node')}` : '';
    return [`${on} the start takes ${interval}${small} (modelled). Most of it goes to: ${LIMIT[start.limit]}.`];
  });
}
