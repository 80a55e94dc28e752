import {
  formatBytes,
  formatCount,
  formatCountOf,
  formatNumber,
  formatPercent,
  formatRange,
  formatSeconds,
} from '#base';
import type { ScaleArithmetic, ScaleTable } from '#schema';

const MICRO = 1e-6;

/** Three digits, so that what is shown multiplies to what is shown. */
const rounded = (value: number) => Number(value.toPrecision(3));

/** The lines that a calculator can follow, for the size that was asked for. */
function explainArithmetic(sums: ScaleArithmetic): string[] {
  const { nodes, ranksPerNode, jobs, metadata, data, metadataSlots, otherMetadataShare, otherDataShare } = sums;
  const asked = metadata.filter(({ perRank, perNode }) => perRank > 0 || perNode > 0);
  const clients = nodes * jobs;
  const of = (key: 'perRank' | 'perNode') => asked.reduce((all, one) => all + one[key] * one.microseconds, 0) * MICRO;
  const [rankMetadata, nodeMetadata] = [rounded(of('perRank')), rounded(of('perNode'))];
  const dataOf = (requests: number) =>
    rounded(requests * data.microseconds * MICRO + data.bytesPerNode / data.bytesPerSecondPerSlot);
  const nodeData = dataOf(data.perNode);
  const free = (share: number) => rounded(1 - share);
  const most = (work: number, slots: number, share: number) =>
    rounded((clients * work) / (rounded(slots) * free(share)));
  const metadataTime = most(nodeMetadata, metadataSlots, otherMetadataShare);
  const dataTime = most(nodeData, data.slots, otherDataShare);
  const trips = rounded(sums.waited * sums.roundTripMicroseconds * MICRO);
  const products = asked.map(
    ({ request, perNode, microseconds }) => `${formatCount(perNode)} ${request} x ${formatNumber(microseconds)} us`,
  );
  const s = formatSeconds;
  return [
    `${formatCountOf(nodes, 'node')} x ${formatCountOf(ranksPerNode, 'rank')}${jobs > 1 ? ` x ${formatCountOf(jobs, 'job')}` : ''}, every figure of the file system at its median:`,
    `1. own work of a rank: ${s(sums.ownSeconds)}${ranksPerNode > sums.coresPerNode ? `, ${ranksPerNode} ranks on ${sums.coresPerNode} cores: ${s((sums.ownSeconds * ranksPerNode) / sums.coresPerNode)}` : ''}`,
    `2. round trips of a rank that is alone: ${formatCount(sums.waited)} x ${formatNumber(sums.roundTripMicroseconds)} us = ${s(trips)}`,
    `3. metadata, one node: ${products.join(' + ') || 'no request'} = ${s(nodeMetadata)} of service (one rank alone: ${s(rankMetadata)})`,
    `4. data, one node: ${formatCount(data.perNode)} requests x ${formatNumber(data.microseconds)} us + ${formatBytes(data.bytesPerNode)} / ${formatBytes(data.bytesPerSecondPerSlot)} per s = ${s(nodeData)} of service`,
    `5. metadata servers, all nodes: ${formatCount(clients)} x ${s(nodeMetadata)} / (${formatNumber(metadataSlots)} slots x ${formatPercent(free(otherMetadataShare))} left by others) = ${s(metadataTime)}`,
    `6. data servers, all nodes: ${formatCount(clients)} x ${s(nodeData)} / (${formatNumber(data.slots)} slots x ${formatPercent(free(otherDataShare))}) = ${s(dataTime)}`,
    `7. one rank alone: lines 1 + 2 + its services = ${s(sums.alone)}${sums.launchSeconds > 0 ? `; the last rank comes ${s(sums.launchSeconds)} after the first` : ''}`,
    `8. not before the largest of lines 1, 5, 6 and 7: ${s(sums.least)}`,
    `9. with waiting for each other: ${s(sums.likely)}`,
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
