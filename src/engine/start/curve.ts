import type { StartModel, Without } from '#scale';
import type { ScaleCurve, Target } from '#schema';
import type { Prescribed } from './prescribe.ts';

/** How far beyond the scale asked for the curve goes. */
const BEYOND = 4;

/** Powers of two up to four times the nodes asked for, and those themselves. */
export function listNodes(asked: number): number[] {
  const nodes = [asked];
  for (let count = 1; count <= asked * BEYOND; count *= 2) nodes.push(count);
  return [...new Set(nodes)].sort((a, b) => a - b);
}

/** What the start costs as the job grows, now and with all remedies that say what they cut. */
export function drawCurve(model: StartModel, target: Target, remedies: readonly Prescribed[]): ScaleCurve {
  const cuts = remedies.flatMap(({ cut }) => cut ?? []);
  const without: Without = (access) => cuts.some((cut) => cut.without(access));
  // Remedies may take away the same seconds (an import inside an import): only the greatest is sure.
  const lessSeconds = Math.max(0, ...cuts.map((cut) => cut.lessSeconds ?? 0));
  const requests = model.requests().metadata;
  const points = listNodes(target.nodes).map((nodes) => ({
    nodes,
    before: model.seconds(nodes),
    ...(cuts.length > 0 ? { after: model.seconds(nodes, without, lessSeconds) } : {}),
    requests: nodes * requests,
  }));
  const names = remedies.filter(({ cut }) => cut !== undefined).map(({ id }) => id);
  return { ranksPerNode: target.ranksPerNode, points, with: [...new Set(names)], basis: 'modelled' };
}
