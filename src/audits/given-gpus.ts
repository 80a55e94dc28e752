import { type CpuSet, parseCpuList, uniteCpus } from '#base';
import type { Artifacts } from '#schema';

// Which GPUs of its node each rank was given, by the variables that the scheduler or the user set.

type Node = Artifacts['placement']['nodes'][number];
type Gpu = Artifacts['placement']['devices'][number]['gpus'][number];

/** The variable that chooses devices, and what else makes its numbers mean something else. */
const VARIABLES = {
  nvidia: { variable: 'CUDA_VISIBLE_DEVICES', beside: [] },
  amd: { variable: 'ROCR_VISIBLE_DEVICES', beside: ['HIP_VISIBLE_DEVICES', 'CUDA_VISIBLE_DEVICES'] },
} as const;

export interface GivenGpus {
  /** In the order in which the numbers count: by PCI address. */
  readonly gpus: readonly Gpu[];
  readonly ranks: readonly { readonly rank: number; readonly numbers: readonly number[] }[];
}

/** `because` where nothing can be said, or nothing is to be said. */
export type Given = GivenGpus | { readonly because: string; readonly kind: 'inapplicable' | 'unknown' };

const none = (because: string): Given => ({ kind: 'inapplicable', because });
const unknown = (because: string): Given => ({ kind: 'unknown', because });

function numbersOf(value: string): number[] | undefined {
  return /^\d{1,4}(,\d{1,4})*$/.test(value) ? [...new Set(value.split(',').map(Number))] : undefined;
}

/**
 * Numbers are those of the node only where the highest of them is the node's last GPU: a control group that lets some
 * GPUs through has them numbered from 0 again, in each rank perhaps.
 */
export function givenGpus({ devices }: Artifacts['placement'], node: Node): Given {
  const all = devices[node.devices ?? -1]?.gpus ?? [];
  const [first] = all;
  if (!first) return none('no node has a GPU that was seen');
  if (first.vendor !== 'nvidia' && first.vendor !== 'amd')
    return unknown(`how ${first.vendor} GPUs are numbered is not known here`);
  if (all.some(({ vendor, model }) => vendor !== first.vendor || model !== first.model)) {
    return unknown('the GPUs of a node are of different models, which are not numbered by their place');
  }
  const { variable, beside } = VARIABLES[first.vendor];
  const chosen = node.ranks.flatMap(({ rank, visibleDevices }) => {
    const value = visibleDevices.find((one) => one.variable === variable)?.value;
    return value === undefined ? [] : [{ rank, value }];
  });
  if (chosen.length === 0) return none(`no rank was given GPUs of its own: ${variable} is not set`);
  const hasBeside = node.ranks.some(({ visibleDevices }) =>
    visibleDevices.some((one) => beside.some((name) => name === one.variable)),
  );
  if (hasBeside) return unknown(`${variable} is set and another variable renumbers what it gives`);

  const ranks = chosen.flatMap(({ rank, value }) => {
    const numbers = numbersOf(value);
    return numbers ? [{ rank, numbers }] : [];
  });
  if (ranks.length < chosen.length) return unknown(`${variable} names GPUs by other than their number`);
  const highest = ranks.reduce((most, { numbers }) => Math.max(most, ...numbers), -1);
  if (highest !== all.length - 1)
    return unknown(`the numbers in ${variable} may count only the GPUs that the job may see`);
  const gpus = [...all].sort((a, b) => (a.address < b.address ? -1 : 1));
  return { gpus, ranks };
}

/** CPUs next to a GPU; nothing where that is not known. */
export function cpusNear(gpu: Gpu, { layouts }: Artifacts['placement'], node: Node): CpuSet | undefined {
  if (gpu.cpus) return parseCpuList(gpu.cpus);
  const domain = layouts[node.layout ?? -1]?.numa.find(({ id }) => id === gpu.numa);
  return domain?.cpus ? parseCpuList(domain.cpus) : undefined;
}

/** CPUs next to any of them; nothing where one is not known. */
export function cpusNearAll(
  numbers: readonly number[],
  given: GivenGpus,
  placement: Artifacts['placement'],
  node: Node,
): CpuSet | undefined {
  const near = numbers.map((number) => {
    const gpu = given.gpus[number];
    return gpu && cpusNear(gpu, placement, node);
  });
  const known = near.filter((cpus): cpus is CpuSet => cpus !== undefined && cpus.length > 0);
  return known.length === near.length && known.length > 0 ? uniteCpus(known) : undefined;
}

/** What to answer where no node says anything; the first reason stands for all. */
export function reasonOf(givens: readonly Given[]): Extract<Given, { readonly because: string }> {
  const reasons = givens.flatMap((given) => ('because' in given ? [given] : []));
  return (
    reasons.find(({ kind }) => kind === 'unknown') ??
    reasons[0] ?? { kind: 'inapplicable', because: 'no ranks were heard' }
  );
}
