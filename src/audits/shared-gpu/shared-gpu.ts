import { formatCountOf } from '#base';
import type { Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { factEvidence } from '../evidence.ts';
import { type GivenGpus, givenGpus, reasonOf } from '../given-gpus.ts';
import { nameNodes, nameRanks, sameOn } from '../name-some.ts';
import { verdictOf } from '../verdict-of.ts';

interface Shared {
  readonly node: string;
  readonly gpu: number;
  readonly ranks: readonly number[];
  /** Numbers of GPUs that no rank was given. */
  readonly free: readonly number[];
  readonly gpus: number;
}

/** The GPU with the most ranks, where another one has none. */
function sharedOn(node: string, { gpus, ranks }: GivenGpus): Shared[] {
  const users = gpus.map((_, gpu) => ({
    gpu,
    ranks: ranks.filter(({ numbers }) => numbers.includes(gpu)).map(({ rank }) => rank),
  }));
  const free = users.filter((one) => one.ranks.length === 0).map(({ gpu }) => gpu);
  const [fullest] = users.sort((a, b) => b.ranks.length - a.ranks.length);
  if (!fullest || fullest.ranks.length < 2 || free.length === 0) return [];
  return [{ node, gpu: fullest.gpu, ranks: fullest.ranks, free, gpus: gpus.length }];
}

function findingOf(shared: readonly [Shared, ...Shared[]], launcher: string): Finding {
  const [first, ...rest] = shared;
  const more = sameOn(rest.length);
  return {
    message: `${formatCountOf(first.ranks.length, 'rank')} of node ${first.node} were given GPU ${first.gpu} and nobody GPU ${first.free.slice(0, 4).join(', ')}${more}`,
    severity: 'warning',
    confidence: 'likely',
    harm: 'cost',
    fixer: 'user',
    fix:
      launcher === 'slurm'
        ? 'Give each rank its own: `srun --gpus-per-task=1 --gpu-bind=closest …`.'
        : "Give each rank its own, by its number on the node: `CUDA_VISIBLE_DEVICES` or `ROCR_VISIBLE_DEVICES` from the launcher's local rank, before Python starts.",
    check: 'the facts show another GPU for each rank of a node',
    subject: 'GPUs that ranks share',
    evidence: [
      factEvidence({
        nodes: nameNodes(shared.map(({ node }) => node)),
        ranks: nameRanks(first.ranks),
        'GPUs of the node': `${first.gpus}`,
        'given to nobody': first.free.slice(0, 16).join(','),
      }),
    ],
  };
}

export const sharedGpu = defineAudit({
  id: 'shared-gpu',
  category: 'parallelism',
  question: 'Do ranks share a GPU while another one is given to nobody?',
  needs: ['step', 'placement'],

  answer({ step, placement }): Verdict {
    const givens = placement.nodes.map((node) => ({ node, given: givenGpus(placement, node) }));
    const known = givens.flatMap(({ node, given }) => ('because' in given ? [] : [{ node, given }]));
    if (known.length === 0) return reasonOf(givens.map(({ given }) => given));
    const [first, ...rest] = known.flatMap(({ node, given }) => sharedOn(node.name, given));
    return verdictOf(first ? [findingOf([first, ...rest], step.launcher)] : []);
  },
});
