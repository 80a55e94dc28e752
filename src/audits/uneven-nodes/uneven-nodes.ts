import { formatBytes, formatCountOf } from '#base';
import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { groupBy } from '../by-rank.ts';
import { factEvidence } from '../evidence.ts';
import { isPlainName, nameNodes } from '../name-some.ts';
import { verdictOf } from '../verdict-of.ts';

type Group = Artifacts['hosts']['groups'][number];
type Host = Group['value'];

/** What is compared, and what a difference does. */
interface Trait {
  readonly name: string;
  readonly severity: Finding['severity'];
  readonly harm: Finding['harm'];
  /** Absent where it was not seen: that is no difference. */
  readonly of: (host: Host) => string | undefined;
}

/** Nodes of one kind are sold with a little more or less memory reported, by firmware and kernel. */
const MEMORY_STEP = 16e9;

const TRAITS: readonly Trait[] = [
  { name: 'architecture', severity: 'error', harm: 'crash', of: ({ machine }) => machine },
  { name: 'C library', severity: 'warning', harm: 'crash', of: ({ libc }) => libc },
  { name: 'kernel', severity: 'note', harm: 'cost', of: ({ kernel }) => kernel },
  { name: 'CPU model', severity: 'note', harm: 'cost', of: ({ cpuModel }) => cpuModel },
];

/** Each driver among the nodes that have it: a node without GPUs has none for them. */
function driversOf(groups: readonly Group[]): Trait[] {
  const names = new Set(groups.flatMap(({ value }) => Object.keys(value.drivers)));
  return [...names].sort().map((name) => ({
    name: `driver ${name}`,
    severity: 'warning',
    harm: 'crash',
    of: ({ drivers }) => new Map(Object.entries(drivers)).get(name),
  }));
}

/** Compared among nodes with one model of CPU only: nodes of two kinds may have what they have. */
const OF_ONE_KIND: readonly Trait[] = [
  { name: 'GPUs', severity: 'warning', harm: 'crash', of: ({ gpus }) => [...gpus].sort().join(', ') || 'none' },
  { name: 'CPUs online', severity: 'warning', harm: 'cost', of: ({ cpusOnline }) => cpusOnline?.toString() },
  {
    name: 'network interfaces',
    severity: 'note',
    harm: 'cost',
    of: ({ nics }) => [...nics].sort().join(', ') || 'none',
  },
  {
    name: 'memory',
    severity: 'note',
    harm: 'cost',
    of: ({ memoryBytes }) =>
      memoryBytes === undefined ? undefined : formatBytes(Math.round(memoryBytes / MEMORY_STEP) * MEMORY_STEP),
  },
];

/** The values of a trait with the nodes that have each, most nodes first. */
function valuesOf(groups: readonly Group[], { of }: Trait) {
  const known = groups.filter(({ value }) => of(value) !== undefined);
  return [...groupBy(known, ({ value }) => of(value) ?? '')]
    .map(([value, own]) => ({ value, nodes: own.flatMap(({ nodes }) => nodes) }))
    .sort((a, b) => b.nodes.length - a.nodes.length);
}

function compared(groups: readonly Group[], trait: Trait): Finding[] {
  const [most, other, ...rest] = valuesOf(groups, trait);
  if (!(most && other)) return [];
  const shown = [most, other, ...rest].slice(0, 4);
  const odd = [other, ...rest].flatMap(({ nodes }) => nodes);
  return [
    {
      message: `${nameNodes(odd)} ${odd.length === 1 ? 'differs' : 'differ'} in ${trait.name}: ${other.value} where ${formatCountOf(most.nodes.length, 'node')} ${most.nodes.length === 1 ? 'has' : 'have'} ${most.value}`,
      severity: trait.severity,
      confidence: 'certain',
      harm: trait.harm,
      fixer: 'site',
      fix: fixOf(trait, odd),
      check: `pharos doctor tells one ${trait.name} for all nodes`,
      subject: trait.name,
      evidence: [factEvidence(Object.fromEntries(shown.map(({ value, nodes }) => [value, nameNodes(nodes)])))],
    },
  ];
}

/** Where nodes are of two kinds, and not one of them out of order. */
const OF_TWO_KINDS: readonly string[] = ['architecture', 'CPU model', 'network interfaces', 'memory'];

function fixOf({ name }: Trait, odd: readonly string[]): string {
  if (OF_TWO_KINDS.includes(name))
    return 'Ask for nodes of one kind: `--constraint=…` or the partition that has only these.';
  const named = odd.length <= 4 && odd.every(isPlainName) ? `, \`--exclude=${odd.join(',')}\`,` : '';
  return `Leave ${odd.length === 1 ? 'the node' : 'these nodes'} out${named} and tell the site.`;
}

export const unevenNodes = defineAudit({
  id: 'uneven-nodes',
  category: 'parallelism',
  question: 'Are the nodes the same?',
  needs: ['hosts'],

  answer({ hosts }): Verdict {
    const nodes = hosts.groups.flatMap((group) => group.nodes);
    if (nodes.length === 0) return { kind: 'unknown', because: 'what the nodes are was not recorded' };
    if (nodes.length === 1) return { kind: 'inapplicable', because: 'only one node was heard' };
    const kinds = [...groupBy(hosts.groups, ({ value }) => `${value.machine} ${value.cpuModel}`).values()];
    return verdictOf([
      ...[...TRAITS, ...driversOf(hosts.groups)].flatMap((trait) => compared(hosts.groups, trait)),
      ...OF_ONE_KIND.flatMap((trait) => kinds.flatMap((kind) => compared(kind, trait))),
    ]);
  },
});
