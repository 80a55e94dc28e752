import file from '../../knowledge/cpu-targets.json' with { type: 'json' };

/** A family of processors that compilers make code for, by archspec's name: `x86_64_v3`, `zen4`, `neoverse_v2`. */
export interface CpuTarget {
  readonly name: string;
  /** `generic` is no maker's: a level such as `x86_64_v3`. */
  readonly vendor: string;
  /** Targets whose code runs on this one too, the nearest first. */
  readonly ancestors: readonly string[];
  /** The highest level without a maker among itself and its ancestors. */
  readonly level: string;
  /** As the kernel names them. */
  readonly features: readonly string[];
}

/** What a kernel says of its processor, in its own words. */
export interface CpuFacts {
  /** As `uname -m` says it. */
  readonly machine: string;
  /** On x86: `vendor_id`. */
  readonly vendor?: string | undefined;
  /** On x86 `flags`, on ARM `Features`. */
  readonly features?: readonly string[] | undefined;
  /** On ARM: `CPU implementer` and `CPU part`. */
  readonly implementer?: string | undefined;
  readonly part?: string | undefined;
  /** On POWER: `cpu`. */
  readonly cpu?: string | undefined;
  /** On RISC-V. */
  readonly uarch?: string | undefined;
  readonly model?: string | undefined;
}

interface Entry {
  readonly from: readonly string[];
  readonly vendor: string;
  readonly features: readonly string[];
  readonly generation?: number;
  readonly part?: string;
}

// JSON gives TypeScript a type for each target; cpu-targets.test.ts holds them to this one.
const entries = new Map(Object.entries(file.targets as Readonly<Record<string, Entry>>));
const armVendors = new Map(Object.entries(file.armVendors));

// Both are shown by the kernel under a name that says whose they are.
const RISCV: Readonly<Record<string, string>> = { 'sifive,u74-mc': 'u74mc', 'spacemit,x60': 'x60' };
const RISCV_MODELS: Readonly<Record<string, string>> = { 'Spacemit(R) X60': 'x60' };

/** Kernels call it `pni`, and whoever has SSSE3 has SSE3. */
const withImplied = (features: readonly string[]): ReadonlySet<string> =>
  new Set(features.includes('ssse3') ? [...features, 'sse3'] : features);

function ancestorsOf(entry: Entry): string[] {
  const found = [...entry.from];
  for (const parent of entry.from) {
    const above = entries.get(parent);
    found.push(...(above ? ancestorsOf(above) : []).filter((name) => !found.includes(name)));
  }
  return found;
}

let described: ReadonlyMap<string, CpuTarget> | undefined;

/** Made when first asked for: most commands never ask. */
function allTargets(): ReadonlyMap<string, CpuTarget> {
  described ??= new Map([...entries].map(([name, entry]) => [name, describe(name, entry)]));
  return described;
}

function describe(name: string, entry: Entry): CpuTarget {
  const ancestors = ancestorsOf(entry);
  const levels = [name, ...ancestors].flatMap((one) => {
    const own = entries.get(one);
    return own?.vendor === 'generic' ? [{ one, depth: ancestorsOf(own).length }] : [];
  });
  const level = levels.reduce((best, next) => (next.depth > best.depth ? next : best), { one: name, depth: -1 }).one;
  return { name, vendor: entry.vendor, ancestors, level, features: [...withImplied(entry.features)] };
}

/** The target of this name; undefined where archspec does not know it. */
export const findCpuTarget = (name: string): CpuTarget | undefined => allTargets().get(name);

/** The first processor of `/proc/cpuinfo`. Where a machine has several kinds, the others are not looked at. */
export function readCpuFacts(machine: string, cpuinfo: string): CpuFacts {
  const fields = new Map<string, string>();
  for (const line of cpuinfo.split('\n')) {
    const colon = line.indexOf(':');
    if (colon < 0 && fields.size > 0) break;
    if (colon >= 0) fields.set(line.slice(0, colon).trim(), line.slice(colon + 1).trim());
  }
  const features = fields.get(machine === 'aarch64' ? 'Features' : 'flags');
  const named = {
    vendor: fields.get('vendor_id'),
    implementer: fields.get('CPU implementer'),
    part: fields.get('CPU part'),
    cpu: fields.get('cpu'),
    uarch: fields.get('uarch'),
    model: fields.get('model name'),
  };
  const said = Object.fromEntries(Object.entries(named).filter(([, value]) => value !== undefined));
  return { machine, ...said, ...(features !== undefined && { features: features.split(/\s+/).filter(Boolean) }) };
}

/**
 * The best target for a processor, as archspec chooses it: a maker's own where it is above the best level that the
 * features allow, else that level. Undefined for a machine that archspec does not know.
 */
export function cpuTargetOf(facts: CpuFacts): CpuTarget | undefined {
  const family = allTargets().get(facts.machine);
  if (!family || family.ancestors.length > 0) return undefined;
  const runs = [...allTargets().values()].filter((target) => isRunBy(target, family, facts));
  const level = highest(runs.filter(({ vendor }) => vendor === 'generic')) ?? family;
  const ofPart = facts.part ? runs.filter(({ name }) => entries.get(name)?.part === facts.part) : [];
  const candidates = ofPart.length > 0 ? ofPart : runs;
  return highest(candidates.filter((target) => isAbove(target, level))) ?? level;
}

/** Whether the code of one target runs on a processor of the other; undefined where one of them is not known. */
export function runsCodeOf(processor: string, code: string): boolean | undefined {
  const target = allTargets().get(processor);
  if (!target || !allTargets().has(code)) return undefined;
  return processor === code || target.ancestors.includes(code);
}

/** All targets that run the code of this one, itself first. */
export const listTargetsThatRun = (code: string): string[] =>
  allTargets().has(code)
    ? [code, ...[...allTargets().keys()].filter((name) => allTargets().get(name)?.ancestors.includes(code))]
    : [];

/**
 * What a processor lacks of a target's features, as its kernel would name them: none where it runs the target's code, whoever
 * made it. Undefined where features do not tell: another machine, a target that is not known, an architecture told by
 * generations, a level of ARM, whose list archspec leaves empty.
 */
export function missingFeatures(facts: CpuFacts, code: string): string[] | undefined {
  const target = allTargets().get(code);
  if (!(target && facts.features) || familyOf(target) !== facts.machine) return undefined;
  if (target.features.length === 0 && target.ancestors.length > 0) return undefined;
  const has = withImplied(facts.features);
  return target.features.filter((feature) => !has.has(feature));
}

const familyOf = ({ name, ancestors }: CpuTarget): string =>
  [name, ...ancestors].find((one) => entries.get(one)?.from.length === 0) ?? name;

/** Strictly: what is no ancestor's descendant is not above it. */
const isAbove = (target: CpuTarget, level: CpuTarget): boolean => target.ancestors.includes(level.name);

/** The deepest below its root, then the one with the most features; the first of equals. */
function highest(candidates: readonly CpuTarget[]): CpuTarget | undefined {
  const order = (a: CpuTarget, b: CpuTarget) =>
    b.ancestors.length - a.ancestors.length || b.features.length - a.features.length;
  return candidates.toSorted(order)[0];
}

function isRunBy(target: CpuTarget, family: CpuTarget, facts: CpuFacts): boolean {
  if (target.name !== family.name && !target.ancestors.includes(family.name)) return false;
  switch (family.name) {
    case 'x86_64':
      return isByMaker(target, facts.vendor ?? 'generic') && missingFeatures(facts, target.name)?.length === 0;
    case 'aarch64':
      return isRunByArm(target, facts);
    case 'ppc64':
    case 'ppc64le':
      return (entries.get(target.name)?.generation ?? 0) <= generationOf(facts);
    case 'riscv64':
      return target.vendor === 'generic' || target.name === riscvName(facts);
    default:
      return target.name === family.name;
  }
}

const isByMaker = ({ vendor }: CpuTarget, maker: string): boolean => vendor === 'generic' || vendor === maker;

/** A level of ARM cannot be told from the features that a kernel shows. */
function isRunByArm(target: CpuTarget, facts: CpuFacts): boolean {
  if (target.vendor === 'generic') return target.name === 'aarch64';
  const maker = armVendors.get(facts.implementer ?? '') ?? facts.implementer ?? 'generic';
  return isByMaker(target, maker) && missingFeatures(facts, target.name)?.length === 0;
}

/** Emulators show the processor below them, which is no POWER. */
const generationOf = ({ cpu = '' }: CpuFacts): number => Number(/POWER(\d{1,3})/.exec(cpu)?.[1] ?? 0);

const riscvName = ({ uarch = '', model = '' }: CpuFacts): string => RISCV[uarch] ?? RISCV_MODELS[model] ?? uarch;
