import { fitOf, type Launched, type MpiFit } from '#knowledge';
import type { MpiFamily, MpiNeeds, PackagePlan, PartitionNeeds } from '#schema';

type Start = NonNullable<PackagePlan['start']>;

/** What a task of srun is offered, by the plugin's name in `srun --mpi=list`. */
const OFFERS: readonly (readonly [plugin: RegExp, offers: Launched['offers']])[] = [
  [/^pmix(_v\d+)?$/, ['pmix']],
  [/^pmi2$/, ['pmi-1', 'pmi-2']],
  [/^cray_shasta$/, ['pals']],
  [/^(none|openmpi)$/, []],
];

const srun = (plugin: string): Launched | undefined => {
  const offers = OFFERS.find(([pattern]) => pattern.test(plugin))?.[1];
  return offers && { startedBy: ['slurmstepd'], offers, claims: [{ launcher: 'slurm' }] };
};

/** How an MPI's own launcher starts its tasks. */
const OWN: Readonly<Partial<Record<MpiFamily, Launched>>> = {
  openmpi: { startedBy: ['orted'], offers: ['pmix'], claims: [{ launcher: 'openmpi' }] },
  mpich: { startedBy: ['hydra_pmi_proxy'], offers: ['pmi-1', 'pmi-2'], claims: [{ launcher: 'hydra' }] },
  intel: { startedBy: ['hydra_bstrap_proxy'], offers: ['pmi-1', 'pmi-2'], claims: [{ launcher: 'intel' }] },
  mvapich: { startedBy: ['mpispawn'], offers: ['pmi-1', 'pmi-2'], claims: [{ launcher: 'mvapich' }] },
};

interface Way {
  readonly command: string;
  readonly fit: MpiFit;
}

/** The ways to start a job that the partition has, the shortest to type first. */
function waysOf(mpi: MpiNeeds, { pmi, pmiDefault }: Pick<PartitionNeeds, 'pmi' | 'pmiDefault'>): readonly Way[] {
  const ways: Way[] = [];
  const add = (command: string, launched: Launched | undefined) => {
    if (launched) ways.push({ command, fit: fitOf(launched, mpi) });
  };
  if (pmi && pmiDefault !== undefined) add('srun', srun(pmiDefault));
  for (const plugin of [...(pmi ?? [])].sort()) add(`srun --mpi=${plugin}`, srun(plugin));
  if (mpi.launcher !== undefined) add(mpi.launcher, OWN[mpi.family]);
  return ways;
}

/** How to start a job of this MPI so that its ranks become one; undefined where nothing is known that could. */
export function startOf(mpi: MpiNeeds, partition: Pick<PartitionNeeds, 'pmi' | 'pmiDefault'>): Start | undefined {
  const ways = waysOf(mpi, partition);
  const known = ways.find(({ fit }) => fit.kind === 'one-world');
  const maybe = known ?? ways.find(({ fit }) => fit.kind === 'unknown');
  return maybe && { command: maybe.command, because: maybe.fit.because, isKnown: known !== undefined };
}
