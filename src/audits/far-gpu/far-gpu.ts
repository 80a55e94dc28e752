import { formatCountOf, formatCpuList, intersectCpus } from '#base';
import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { factEvidence } from '../evidence.ts';
import { cpusNearAll, type GivenGpus, givenGpus, reasonOf } from '../given-gpus.ts';
import { launchLine } from '../launch-line.ts';
import { nameNodes, nameRanks } from '../name-some.ts';
import { maskedRanks } from '../rank-masks.ts';
import { verdictOf } from '../verdict-of.ts';

type Placement = Artifacts['placement'];

interface Far {
  readonly node: string;
  readonly rank: number;
  readonly gpus: string;
  readonly cpus: string;
  readonly near: string;
}

function farRanks(placement: Placement, node: Placement['nodes'][number], given: GivenGpus): Far[] {
  const masks = new Map(maskedRanks(node).map(({ rank, mask }) => [rank, mask]));
  return given.ranks.flatMap(({ rank, numbers }) => {
    const mask = masks.get(rank);
    const near = cpusNearAll(numbers, given, placement, node);
    // A rank that has all GPUs is near to one of them, and chooses by itself.
    if (!(mask && near) || numbers.length === given.gpus.length || intersectCpus(mask, near).length > 0) return [];
    return [{ node: node.name, rank, gpus: numbers.join(','), cpus: formatCpuList(mask), near: formatCpuList(near) }];
  });
}

const FIXES: ReadonlyMap<string, string> = new Map([
  ['slurm', 'Let the scheduler pair them: `srun --gpus-per-task=1 --gpu-bind=closest --cpu-bind=cores …`.'],
  ['flux', 'Let the launcher pair them: `flux run -g 1 -o mpibind=on …`.'],
]);

function findingOf(far: readonly [Far, ...Far[]], launcher: string): Finding {
  const [first, ...rest] = far;
  const more =
    rest.length > 0 ? `; so ${rest.length === 1 ? 'was' : 'were'} ${formatCountOf(rest.length, 'other rank')}` : '';
  return {
    message: `rank ${first.rank} on node ${first.node} was given GPU ${first.gpus} and no CPU next to it${more}`,
    severity: 'warning',
    // By what a GPU's number means where nobody says otherwise: its place on the PCI bus.
    confidence: 'likely',
    harm: 'cost',
    fixer: 'user',
    fix:
      FIXES.get(launcher) ??
      `Bind each rank to CPUs next to its GPU, \`${launchLine(launcher, 1)} …\` with the lists that \`nvidia-smi topo -m\` or \`rocm-smi --showtoponuma\` prints, or give it the GPU next to its CPUs.`,
    check: 'each rank and its GPU are in the same NUMA domain of the picture',
    subject: 'GPUs far from their ranks',
    evidence: [
      factEvidence({
        nodes: nameNodes([...new Set(far.map(({ node }) => node))]),
        ranks: nameRanks(far.map(({ rank }) => rank)),
        [`GPU of rank ${first.rank}`]: first.gpus,
        [`CPUs of rank ${first.rank}`]: first.cpus,
        'CPUs next to its GPU': first.near,
      }),
    ],
  };
}

export const farGpu = defineAudit({
  id: 'far-gpu',
  category: 'parallelism',
  question: 'Is each GPU next to the CPUs of its rank?',
  needs: ['step', 'placement'],

  answer({ step, placement }): Verdict {
    const givens = placement.nodes.map((node) => ({ node, given: givenGpus(placement, node) }));
    const known = givens.flatMap(({ node, given }) => ('because' in given ? [] : [{ node, given }]));
    if (known.length === 0) return reasonOf(givens.map(({ given }) => given));
    const [first, ...rest] = known.flatMap(({ node, given }) => farRanks(placement, node, given));
    return verdictOf(first ? [findingOf([first, ...rest], step.launcher)] : []);
  },
});
