import { formatCountOf, formatRange, formatSeconds, sum } from '#base';
import type { ScaleArithmetic, ScaleTable } from '#schema';
import { visible } from './visible.ts';

// Numbers that somebody checks with a pocket calculator: each result is computed from the numbers that are shown, in
// plain seconds, and rounded as it is shown. So it may differ from the model's own in the last digit.

const DIGITS = 4;
const rounded = (value: number): number => Number(value.toPrecision(DIGITS));

function say(value: number): string {
  const size = Math.abs(value);
  const isPlain = size === 0 || (size >= 1e-6 && size < 1e15);
  return isPlain ? value.toLocaleString('en-US', { maximumFractionDigits: 12 }) : value.toExponential(DIGITS - 1);
}
const saySeconds = (value: number): string => `${say(value)} s`;

/** What a line says, and its result as it is shown. */
interface Line {
  readonly text: string;
  readonly seconds: number;
}

function ownWork({ ownSeconds, ranksPerNode, coresPerNode }: ScaleArithmetic): Line {
  const own = rounded(ownSeconds);
  if (ranksPerNode <= coresPerNode) return { text: saySeconds(own), seconds: own };
  const seconds = rounded((own * ranksPerNode) / coresPerNode);
  return {
    text: `${saySeconds(own)} x ${say(ranksPerNode)} ranks / ${say(coresPerNode)} cores = ${saySeconds(seconds)}`,
    seconds,
  };
}

function roundTrips({ waited, roundTripMicroseconds }: ScaleArithmetic): Line {
  const [requests, each] = [Math.round(waited), rounded(roundTripMicroseconds)];
  const seconds = rounded((requests * each) / 1e6);
  return { text: `${say(requests)} x ${say(each)} us = ${saySeconds(seconds)}`, seconds };
}

function metadataOfNode({ metadata }: ScaleArithmetic): Line {
  const asked = metadata
    .map(({ request, perNode, microseconds }) => ({
      ...{ request: visible(request, 40), count: Math.round(perNode), each: rounded(microseconds) },
    }))
    .filter(({ count }) => count > 0);
  const seconds = rounded(sum(asked, ({ count, each }) => count * each) / 1e6);
  const terms = asked.map(({ request, count, each }) => `${say(count)} ${request} x ${say(each)} us`);
  return { text: `${terms.join(' + ') || 'no request'} = ${saySeconds(seconds)}`, seconds };
}

function dataOfNode({ data }: ScaleArithmetic): Line {
  const [requests, each] = [Math.round(data.perNode), rounded(data.microseconds)];
  const [megabytes, rate] = [rounded(data.bytesPerNode / 1e6), rounded(data.bytesPerSecondPerSlot / 1e6)];
  const seconds = rounded((requests * each) / 1e6 + (rate > 0 ? megabytes / rate : 0));
  const text = `${say(requests)} requests x ${say(each)} us + ${say(megabytes)} MB / ${say(rate)} MB/s = ${saySeconds(seconds)}`;
  return { text, seconds };
}

/** Servers whose slots, as far as others leave them, work for all nodes. */
function allNodes({ nodes, jobs }: ScaleArithmetic, ofNode: number, slots: number, others: number): Line {
  const [at, left] = [rounded(slots), rounded(1 - others)];
  const seconds = rounded((nodes * jobs * ofNode) / at / left);
  const clients = jobs > 1 ? `${say(nodes)} nodes x ${say(jobs)} jobs` : `${say(nodes)} nodes`;
  const text = `${clients} x ${saySeconds(ofNode)} / ${say(at)} slots / ${say(left)} left by others = ${saySeconds(seconds)}`;
  return { text, seconds };
}

function oneRank(arithmetic: ScaleArithmetic, trips: number): Line {
  const { alone, ownSeconds, waited, roundTripMicroseconds, launchSeconds } = arithmetic;
  const [own, late] = [rounded(ownSeconds), rounded(launchSeconds)];
  const served = rounded(Math.max(0, alone - ownSeconds - (waited * roundTripMicroseconds) / 1e6));
  const seconds = rounded(own + trips + served + late);
  const launched = late > 0 ? ` + ${saySeconds(late)} until it comes` : '';
  return {
    text: `${saySeconds(own)} + ${saySeconds(trips)} + ${saySeconds(served)} of service${launched} = ${saySeconds(seconds)}`,
    seconds,
  };
}

/** Less apart than this is rounding. */
const SAME = 0.005;

function explainArithmetic(arithmetic: ScaleArithmetic): string[] {
  const { nodes, ranksPerNode, jobs, metadataSlots, data, least, likely, inFlightPerNode } = arithmetic;
  const own = ownWork(arithmetic);
  const trips = roundTrips(arithmetic);
  const metadata = metadataOfNode(arithmetic);
  const files = dataOfNode(arithmetic);
  const allMetadata = allNodes(arithmetic, metadata.seconds, metadataSlots, arithmetic.otherMetadataShare);
  const allData = allNodes(arithmetic, files.seconds, data.slots, arithmetic.otherDataShare);
  const rank = oneRank(arithmetic, trips.seconds);
  const largest = Math.max(own.seconds, allMetadata.seconds, allData.seconds, rank.seconds);
  const isGate = least > largest * (1 + SAME);
  const gate = isGate
    ? `; a node's limit of ${say(rounded(inFlightPerNode))} requests under way makes it ${saySeconds(rounded(least))}`
    : '';
  // What lies below the line above by rounding alone is not told as earlier than the earliest.
  const solved = likely < largest && likely > largest * (1 - SAME) ? largest : rounded(likely);
  const size = `${formatCountOf(nodes, 'node')} x ${formatCountOf(ranksPerNode, 'rank')}`;
  return [
    `${size}${jobs > 1 ? ` x ${formatCountOf(jobs, 'job')}` : ''}, every figure of the file system at its median:`,
    `1. own work of a rank: ${own.text}`,
    `2. round trips of a rank: ${trips.text}`,
    `3. metadata, one node: ${metadata.text} of service`,
    `4. data, one node: ${files.text} of service`,
    `5. metadata servers, all nodes: ${allMetadata.text}`,
    `6. data servers, all nodes: ${allData.text}`,
    `7. one rank that meets nobody: ${rank.text}`,
    `8. not before the largest of lines 1, 5, 6 and 7: ${saySeconds(largest)}${gate}`,
    `9. with waiting for each other: ${saySeconds(solved)}`,
  ];
}

/** And the last line: what the possible worlds make of it. */
function tellWorlds({ points, plans }: ScaleTable, nodes: number): string[] {
  const start = points.find((point) => point.nodes === nodes)?.starts.find(({ plan }) => plan === plans[0]?.id);
  if (!start) return [];
  const { low, likely, high } = start.seconds;
  return [
    `10. median of the possible worlds: ${formatSeconds(likely)}; nine in ten: ${formatRange(low, high, formatSeconds)}`,
  ];
}

/** The sums of the size that was asked for, one a line. */
export function explainTable(table: ScaleTable): string[] {
  const { arithmetic } = table;
  return arithmetic ? [...explainArithmetic(arithmetic), ...tellWorlds(table, arithmetic.nodes)] : [];
}
