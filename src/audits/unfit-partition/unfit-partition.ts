import { compareVersions } from '#base';
import { isDriverTooOld, oldestDriverFor, runsCodeOf } from '#knowledge';
import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { factEvidence } from '../evidence.ts';
import { nameSome } from '../name-some.ts';
import { verdictOf } from '../verdict-of.ts';
import { type Need, type Needs, needsOf } from './machine-needs.ts';

type Partition = Artifacts['site']['partitions'][number];

export const unfitPartition = defineAudit({
  id: 'unfit-partition',
  category: 'packaging',
  question: 'Can the nodes of every partition run it?',
  needs: ['environment', 'site'],

  answer({ environment, site }): Verdict {
    const needs = needsOf(environment);
    const told = site.partitions.filter(({ isLogin }) => !isLogin);
    if (told.length === 0) return { kind: 'unknown', because: 'the site file has no partition, only a login machine' };
    const misfits = told.flatMap((partition) => misfitsOf(partition, needs));
    const notes = told.flatMap((partition) => unseen(partition, needs));
    return verdictOf(grouped(misfits), notes);
  },
});

interface Misfit {
  readonly partition: string;
  readonly kind: 'machine' | 'glibc' | 'processor' | 'driver';
  readonly need: Need;
  readonly has: string;
}

function misfitsOf(partition: Partition, { machines, glibc, processors, cuda }: Needs): Misfit[] {
  const { name, machine, processor, gpu } = partition;
  const misfits: Misfit[] = [];
  const say = (kind: Misfit['kind'], need: Need, has: string) => misfits.push({ partition: name, kind, need, has });
  const [one] = machines;
  // Of several machines at once, one was copied: that is another matter.
  if (one && machines.length === 1 && machine !== undefined && one.needed !== machine) {
    // Whoever cannot run its code is asked nothing else.
    return [{ partition: name, kind: 'machine', need: one, has: machine }];
  }
  if (glibc && partition.glibc !== undefined && compareVersions(glibc.needed, partition.glibc) > 0)
    say('glibc', glibc, partition.glibc);
  const target = processor.target ?? processor.level;
  for (const need of processors)
    if (target !== undefined && runsCodeOf(target, need.needed) === false) say('processor', need, target);
  const driver = gpu?.kind === 'nvidia' ? gpu.driver : undefined;
  for (const need of cuda) if (driver !== undefined && isDriverTooOld(driver, need.major)) say('driver', need, driver);
  return misfits;
}

/** What would have been asked, and was not seen on its nodes. */
function unseen({ name, glibc, processor, gpu, machine }: Partition, needs: Needs): string[] {
  const missing = [
    ...(machine === undefined && needs.machines.length > 0 ? ['the machine'] : []),
    ...(glibc === undefined && needs.glibc ? ['glibc'] : []),
    ...(!(processor.target ?? processor.level) && needs.processors.length > 0 ? ['the processor'] : []),
    ...(gpu === undefined && needs.cuda.length > 0 ? ['the GPU and its driver'] : []),
  ];
  return missing.length > 0 ? [`nothing is said of what was not seen in partition ${name}: ${nameSome(missing)}`] : [];
}

/** The same misfit of several partitions is one. */
function grouped(misfits: readonly Misfit[]): Finding[] {
  const groups = new Map<string, Misfit[]>();
  for (const misfit of misfits) {
    const key = `${misfit.kind} ${misfit.need.needed} ${misfit.has}`;
    groups.set(key, [...(groups.get(key) ?? []), misfit]);
  }
  return [...groups.values()].map(findingOf);
}

const CONFIDENCE = { machine: 'certain', glibc: 'certain', processor: 'likely', driver: 'likely' } as const;

function findingOf(misfits: readonly Misfit[]): Finding {
  const [{ kind, need, has } = { kind: 'glibc', need: { bringers: [], needed: '' }, has: '' } as const] = misfits;
  const names = misfits.map(({ partition }) => partition);
  const where = `${names.length === 1 ? 'partition' : 'partitions'} ${nameSome(names)}`;
  const words = wordsFor(kind, need, has);
  return {
    message: `${words.says(where)}`,
    severity: 'error',
    confidence: CONFIDENCE[kind],
    harm: 'crash',
    fixer: 'user',
    fix: words.fix,
    check: 'this audit passes with the same site file',
    subject: `${need.needed} in ${names.join(', ')}`,
    evidence: [factEvidence({ needed: need.needed, 'there is': has, 'needed by': nameSome(need.bringers, 12), where })],
  };
}

function wordsFor(
  kind: Misfit['kind'],
  { bringers, needed }: Need,
  has: string,
): { readonly says: (where: string) => string; readonly fix: string } {
  const who = nameSome(bringers);
  const verb = bringers.length === 1 ? 'needs' : 'need';
  switch (kind) {
    case 'machine':
      return {
        says: (where) => `the environment is for ${needed}, and nodes of ${where} are ${has}: nothing of it runs there`,
        fix: 'Make an environment for each kind of machine, on a node of it, and choose between them in the job script',
      };
    case 'glibc':
      return {
        says: (where) =>
          `${who} ${verb} glibc ${needed}, and nodes of ${where} have ${has}: these files cannot be loaded there`,
        fix: `Take releases with wheels for manylinux_${has.replace('.', '_')} or older, or build on a node of that partition`,
      };
    case 'processor':
      return {
        says: (where) =>
          `${who} ${verb} processors that run ${needed}, and those of ${where} are ${has}: it ends there with "Illegal instruction", or refuses to start`,
        fix: `Build it for ${has}, the oldest processor there, or take the release before`,
      };
    default:
      return {
        says: (where) =>
          `${who} ${verb} ${needed}, which needs an NVIDIA driver of ${oldestDriverFor(Number(needed.replace('CUDA ', '')))} or later, and nodes of ${where} have ${has}: no GPU will be usable there`,
        fix: "Install the packages for an older CUDA, or load the site's cuda-compat module in the job",
      };
  }
}
