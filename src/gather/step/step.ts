import { success } from '#base';
import type { Facts, Recording, Step } from '#schema';
import type { Gatherer } from '../gatherer.ts';
import { groupOwn, ordered } from '../group-ranks.ts';
import { type StepNode, stepNodes } from '../step-nodes.ts';
import { findSilentRanks } from './find-silent-ranks.ts';

type Launch = Facts['launch'][number];

/** Longer lists are cut: their count stays. */
const MOST_NUMBERS = 65_536;
const MOST_MISSING = 1024;

/** Numbers of a hostile recording may add up to what is no whole number any more. */
const added = (a: number, b: number) => Math.min(a + b, Number.MAX_SAFE_INTEGER);

const launchOf = ({ recordings }: StepNode): Launch | undefined => recordings.flatMap(({ facts }) => facts.launch)[0];

function largest(numbers: Iterable<number>): number {
  let most = 0;
  for (const number of numbers) most = Math.max(most, number);
  return most;
}

/** Ranks that the launcher put on the node: what it says, but never fewer than were heard. */
function localRanks({ recordings, ranks }: StepNode): number {
  return largest([ranks.length, ...recordings.flatMap(({ facts }) => facts.step.map((step) => step.localRanks))]);
}

function describeNode(node: StepNode): Step['nodes'][number] {
  const number = launchOf(node)?.node;
  return {
    name: node.name,
    ...(number === undefined ? {} : { number }),
    localRanks: localRanks(node),
    ranks: node.ranks.map(({ rank }) => rank),
    started: node.recordings[0].started,
  };
}

function expectedSize(nodes: readonly StepNode[]): Step['expected'] {
  const launches = nodes.flatMap((node) => launchOf(node) ?? []);
  return {
    nodes: largest([nodes.length, ...launches.map((launch) => launch.nodes)]),
    ranks: largest([nodes.map(localRanks).reduce(added, 0), ...launches.map(({ ranks }) => ranks)]),
  };
}

/** Numbers are known where every node that was heard has one of its own. */
function silentNodes(nodes: readonly StepNode[], expected: number): Step['silentNodes'] {
  const heard = new Set(nodes.flatMap((node) => launchOf(node)?.node ?? []));
  const count = expected - nodes.length;
  const numbers: number[] = [];
  if (heard.size === nodes.length) {
    for (let number = 0; number < expected && numbers.length < Math.min(count, MOST_NUMBERS); number += 1) {
      if (!heard.has(number)) numbers.push(number);
    }
  }
  return { count, numbers };
}

function ended(recordings: readonly Recording[]): Step['ended'] {
  return groupOwn(recordings, ({ seen, because, ended: { status, signal, timeLimit = false } }) => ({
    seen,
    ...(because === undefined ? {} : { because }),
    ...(status === undefined ? {} : { status }),
    ...(signal === undefined ? {} : { signal }),
    timeLimit,
  }));
}

function missing(recordings: readonly Recording[]): Step['missing'] {
  const distinct = new Map<string, Step['missing'][number]>();
  for (const { what, because, hint } of recordings.flatMap(({ facts }) => facts.missing)) {
    if (distinct.size >= MOST_MISSING) break;
    const one = { what, because, ...(hint === undefined ? {} : { hint }) };
    distinct.set(JSON.stringify(one), one);
  }
  return [...distinct.values()];
}

function removed(recordings: readonly Recording[]): Step['removed'] {
  const sums = new Map<string, number>();
  for (const { counts } of recordings.flatMap(({ facts }) => facts.removed)) {
    for (const [kind, count] of Object.entries(counts)) sums.set(kind, added(sums.get(kind) ?? 0, count));
  }
  return ordered(Object.fromEntries(sums));
}

function command(recordings: readonly Recording[]): Pick<Step, 'command'> {
  const [fact] = recordings.flatMap(({ facts }) => (facts.step[0]?.hasCommand ? facts.command : []));
  return fact ? { command: { form: fact.form, script: fact.script ?? '' } } : {};
}

/** Which ranks and nodes there should be, which were heard, and how they ended. */
export const step: Gatherer<'step'> = {
  makes: 'step',

  gather(recordings) {
    const nodes = stepNodes(recordings);
    const described = nodes.map(describeNode);
    const expected = expectedSize(nodes);
    const silent = silentNodes(nodes, expected.nodes);
    return success({
      launcher: nodes.flatMap((node) => launchOf(node) ?? [])[0]?.launcher ?? 'none',
      ...command(recordings),
      expected,
      nodes: described,
      silentNodes: silent,
      silentRanks: findSilentRanks(described, nodes, expected, silent.count),
      ended: ended(recordings),
      secondsLimit: largest(recordings.flatMap(({ facts }) => facts.step.map(({ secondsLimit }) => secondsLimit))),
      seconds: nodes.flatMap(({ ranks }) =>
        ranks.map(({ rank, seconds: { imports, command, collector } }) => ({
          rank,
          ...(imports === undefined ? {} : { imports }),
          ...(command === undefined ? {} : { command }),
          ...(collector === undefined ? {} : { collector }),
        })),
      ),
      truncated: nodes.flatMap(({ name, recordings }) => (recordings.some(({ truncated }) => truncated) ? name : [])),
      missing: missing(recordings),
      removed: removed(recordings),
    });
  },
};
