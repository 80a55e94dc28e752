import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Interval } from '#base';
import { drawn, startModel } from '#scale';
import type { Measured } from './condition.ts';
import { orderOfCases } from './order-of-cases.ts';
import { type Curve, onsetOf, type Prediction, predict } from './prediction.ts';
import { COUNTS, type Count, publishedJob } from './published-job.ts';
import { stagedTables } from './staged.ts';
import { isInside, markdownTable, nodesText, seconds, toldText } from './told-text.ts';

// Published times of starts at growing sizes against the model: two sizes are fitted, the others predicted.
// `node bench/scale/published.ts` prints the tables; `published.json` holds what was published.

interface Published {
  readonly id: string;
  readonly title: string;
  readonly source: string;
  readonly date: string;
  readonly profile: string;
  /** Whether figures of the profile rest on it too. */
  readonly role: 'informs' | 'held-out';
  readonly ranksPerNode: number;
  readonly job: Readonly<Record<Count, Interval>>;
  /** What the counts rest on. */
  readonly because: string;
  readonly launchSecondsPerNode: Interval;
  readonly measured: readonly Measured[];
  /** Why what lies outside does. */
  readonly misses: string;
}

const WORLDS = drawn('worlds', { low: 1, likely: 1, high: 1 }).length;

/** Times in all worlds of each job that the publication allows, one list for each size that is asked for. */
function curvesOf({ job, launchSecondsPerNode, profile, ranksPerNode }: Published): Curve[] {
  const values = (name: string, range: Interval) => drawn(`published ${name}`, range);
  const counts = COUNTS.map((name) => [name, values(name, job[name])] as const);
  return values('launch', launchSecondsPerNode).map((launch, index) => {
    const entries = counts.map(([name, drawings]) => [name, drawings[index] ?? 0]);
    const one = Object.fromEntries(entries) as Record<Count, number>;
    const model = startModel(publishedJob(one, { profile, ranksPerNode, nodes: 1 }));
    const known = new Map<number, readonly number[]>();
    return (nodes) => {
      const launchSeconds = new Array<number>(WORLDS).fill(launch * nodes);
      const samples = known.get(nodes) ?? model.start({ nodes, launchSeconds }).samples;
      known.set(nodes, samples);
      return samples;
    };
  });
}

export interface Outcome {
  readonly table: Published;
  readonly onset: number;
  readonly first: Prediction;
  /** Fitted where growth shows, if the first two sizes are before it. */
  readonly later?: Prediction;
}

function solve(table: Published): Outcome {
  const { measured } = table;
  const curves = curvesOf(table);
  const onset = onsetOf(measured);
  const from = measured.findIndex(({ nodes }) => nodes === onset);
  const first = predict(measured, curves, measured.length > 2 ? measured.slice(0, 2) : []);
  const grown = from >= 1 && from + 2 < measured.length;
  if (!grown) return { table, onset, first };
  return { table, onset, first, later: predict(measured, curves, measured.slice(from, from + 2)) };
}

function rowsOf({ first, later }: Outcome): string {
  const head = ['Told s', 'High/low', 'Inside'];
  const titles = ['Nodes', 'Measured s', ...head, ...(later ? head : [])];
  const lines = first.rows.map((row, index) => [
    ...[row.nodes, seconds(row.seconds)],
    ...toldText(row),
    ...(later ? toldText(later.rows[index]) : []),
  ]);
  return markdownTable(titles, lines);
}

function sectionOf(outcome: Outcome): string {
  const { table, onset, first, later } = outcome;
  const { title, source, date, profile, role, because, misses } = table;
  const rests = role === 'informs' ? 'figures of it rest on this table too' : 'held out: no figure of it rests on this';
  return [
    `### ${title}`,
    `Profile \`${profile}\`; ${rests}. The job: ${because}.`,
    rowsOf(outcome),
    first.rows.length > 2
      ? `Growth begins at ${nodesText(onset)} nodes; told from the first two sizes: at ${nodesText(first.onset.low)} to ${nodesText(first.onset.high)}.${later ? ' The second three columns are fitted to the first two sizes that have grown.' : ''}`
      : 'One size only: nothing is fitted.',
    misses,
    `Source: ${source}, ${date}.`,
  ]
    .filter((text) => text !== '')
    .join('\n\n');
}

function summaryOf(outcomes: readonly Outcome[]): string {
  const line = ({ table, onset, first, later }: Outcome) => {
    const told = (prediction: Prediction | undefined) => {
      const rows = prediction?.rows.filter(({ fitted }) => !fitted) ?? [];
      if (rows.length === 0) return '';
      const wide = Math.max(...rows.map(({ low, high }) => high / low));
      return `${rows.filter(isInside).length} of ${rows.length}, ${wide.toFixed(1)}`;
    };
    const { low, high } = first.onset;
    const near = onset >= low && onset <= high;
    const growth =
      first.rows.length < 3
        ? ''
        : `${nodesText(onset)}: ${nodesText(low)} to ${nodesText(high)}${near ? '' : ' **no**'}`;
    const role = table.role === 'informs' ? 'informs' : 'held out';
    return `| ${[table.title, role, told(first), growth, told(later)].join(' | ')} |`;
  };
  return [
    '| Table | Profile | Inside, widest high/low | Growth begins: told | Fitted where it has grown: inside, widest |',
    '| --- | --- | --- | --- | --- |',
    ...outcomes.map(line),
  ].join('\n');
}

const INTRODUCTION = `Times that others published, against the model and the profiles as shipped. What a publication does not tell of the job is a range and drawn, in so many jobs as there are possible worlds; each pair of a job and a world is weighed by how well it tells the first two sizes, and the others are read with these weights. The interval is for one more run: runs scatter (\`bench/scale/condition.ts\`). Where both sizes lie before growth begins, they say nothing of the servers, and the width is the profile's: on Lustre what four sources say of servers in use, twofold each way, on NFS more, and what is not known of the job. Where growth can be seen in two sizes, a second fit to these tells how much narrower it gets. No figure was fitted to a table that is held out, though all tables had been seen when the profiles were last set.`;

const WIDEST = 4;

function verdictOf(outcomes: readonly Outcome[], title: string, of: (outcome: Outcome) => Prediction | undefined) {
  const told = outcomes
    .map((outcome) => of(outcome)?.rows.filter(({ fitted }) => !fitted) ?? [])
    .filter((rows) => rows.length > 0);
  const rows = told.flat();
  const narrow = told.filter((rows) => rows.every(({ low, high }) => high / low <= WIDEST));
  const narrowRows = rows.filter(({ low, high }) => high / low <= WIDEST);
  return `${title}: ${rows.filter(isInside).length} of ${rows.length} times inside; high/low is at most ${WIDEST} for ${narrowRows.length} of them, and for all of ${narrow.length} of ${told.length} tables.`;
}

const tables: readonly Published[] = JSON.parse(
  readFileSync(join(import.meta.dirname, 'published.json'), 'utf8'),
).tables;

/** One Markdown section: what was published against what the model tells. */
export function publishedTables(): string {
  const outcomes = tables.map(solve);
  const verdicts = [
    verdictOf(outcomes, '- Fitted to the first two sizes', ({ first }) => first),
    verdictOf(
      outcomes.filter(({ table }) => table.role === 'held-out'),
      '- Of these, held out',
      ({ first }) => first,
    ),
    verdictOf(outcomes, '- Fitted to two sizes that have grown', ({ later }) => later),
  ].join('\n');
  const sections = outcomes.map(sectionOf);
  return [INTRODUCTION, verdicts, summaryOf(outcomes), orderOfCases(outcomes), ...sections, stagedTables()].join(
    '\n\n',
  );
}

if (import.meta.main) console.log(publishedTables());
