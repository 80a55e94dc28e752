import { formatCountOf, formatSeconds, sum } from '#base';
import type { StartArtifacts } from '#scale';
import type { Access, Artifacts, Finding, ImportNode, Python, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { factEvidence, folderOf, pathEvidence, tally } from '../evidence.ts';
import { importTree } from '../import-tree.ts';
import { entryOf } from '../search-path.ts';
import { type SharedStorage, START, sharedStorage } from '../shared-storage.ts';
import { verdictOf } from '../verdict-of.ts';
import { confidenceOf, NOTEWORTHY_LOCAL_SECONDS, severityOf } from '../weight.ts';
import { costText } from '../wording.ts';

/** Time to compile one byte of source; CPython 3.8 to 3.13 took 60 to 110 ns. Measured in docs/decisions/0003-thresholds.md. */
const COMPILE_SECONDS_PER_BYTE = 80e-9;

/** The same for a module whose size was not seen. */
const COMPILE_SECONDS_PER_MODULE = 2e-3;

/** Fewer modules than this are a user's own few files. */
const NOTEWORTHY_MODULES = 10;

/** Why a module had to be compiled. */
type Fault = 'missing' | 'stale' | 'unwritable';

const EXPLAINED: Record<Fault, string> = {
  missing: 'have no bytecode',
  stale: 'have bytecode that does not match their source',
  unwritable: 'have no valid bytecode, and it could not be written',
};

interface Compiled {
  readonly node: ImportNode;
  readonly fault: Fault;
  readonly entry: string;
  readonly seconds: number;
  /** Whether it was written in this run, so that the next start finds it. */
  readonly kept: 'yes' | 'no' | 'not seen';
}

export const unusableBytecode = defineAudit({
  id: 'unusable-bytecode',
  category: 'start-up',
  question: 'Does every rank compile modules again because their bytecode is missing, stale or cannot be written?',
  needs: [...START, 'python'],

  answer(artifacts): Verdict {
    const { accesses } = artifacts;
    const sources = importTree(artifacts.imports).nodes.filter(({ loader }) => loader === 'source');
    if (sources.length === 0) return { kind: 'inapplicable', because: 'the start imported no module from source' };
    const shared = sharedStorage(artifacts);
    const compiled = compiledModules(sources, artifacts, shared);
    if (compiled.length === 0 && !accesses.accesses.some(({ cause }) => cause === 'bytecode-read')) {
      return { kind: 'unknown', because: accesses.because ?? 'no read of bytecode was seen' };
    }
    const lost = compiled.filter(({ kept }) => kept === 'no');
    const findings = groups(lost).map((group) => findingFor(group, shared, artifacts));
    const found = findings.filter((finding) => finding !== undefined);
    const unseen = compiled.filter(({ kept }) => kept === 'not seen');
    if (found.length > 0 || unseen.length < NOTEWORTHY_MODULES) return verdictOf(found, notesFor(compiled, lost));
    const because = `${formatCountOf(unseen.length, 'module')} compiled in this run; whether the bytecode was kept shows when the job is audited again`;
    return { kind: 'unknown', because };
  },
});

function notesFor(compiled: readonly Compiled[], lost: readonly Compiled[]): string[] {
  const kept = compiled.filter((one) => one.kept === 'yes').length;
  return [
    ...(kept > 0 ? [`${formatCountOf(kept, 'module')} compiled in this run, and kept for the next start`] : []),
    ...(lost.length > 0 ? [`${formatCountOf(lost.length, 'module')} read from source, too few to be felt`] : []),
  ];
}

function compiledModules(
  nodes: readonly ImportNode[],
  { accesses, python }: Pick<Artifacts, 'accesses' | 'python'>,
  shared: SharedStorage,
): Compiled[] {
  const made = new Map<number, Access[]>(nodes.map(({ id }) => [id, []]));
  for (const access of accesses.accesses) made.get(access.import)?.push(access);
  return nodes.flatMap((node) => {
    const own = made.get(node.id) ?? [];
    const read = own.filter(({ cause, error }) => cause === 'source-read' && error === '');
    // Some packages read their own sources as data: only the module's own file counts.
    const source = read.filter((access) => node.origin === undefined || shared.textOf(access) === node.origin);
    if (source.length === 0) return [];
    const bytes = sum(source, (access) => access.bytes);
    const seconds = bytes > 0 ? bytes * COMPILE_SECONDS_PER_BYTE : COMPILE_SECONDS_PER_MODULE;
    const writes = own.filter(({ cause }) => cause === 'bytecode-write');
    return [
      {
        node,
        fault: faultOf(own, writes, accesses, python),
        entry: entryOf(node.origin ?? '', python) ?? folderOf(node.origin ?? ''),
        // A module cannot take longer to compile than its import took.
        seconds: Math.min(seconds, node.selfSeconds),
        kept: keptOf(writes, accesses, python),
      },
    ];
  });
}

function keptOf(writes: readonly Access[], { source }: Artifacts['accesses'], python: Python): Compiled['kept'] {
  if (writes.length > 0) return writes.every(({ error }) => error === '' || error === 'EEXIST') ? 'yes' : 'no';
  // A replay reads what the job left behind, and writes nothing itself: what it compiles was not kept.
  return source === 'replay' || python.flags.dontWriteBytecode ? 'no' : 'not seen';
}

function faultOf(
  own: readonly Access[],
  writes: readonly Access[],
  { source }: Artifacts['accesses'],
  python: Python,
): Fault {
  if (writes.some(({ error }) => /^(EACCES|EROFS|EPERM|EDQUOT|ENOSPC)$/.test(error))) return 'unwritable';
  const wasRead = own.some(
    ({ cause, operation, error }) => cause === 'bytecode-read' && operation === 'open' && error === '',
  );
  if (wasRead) return 'stale';
  // The job would have written it, and after the job it is still not there.
  return source === 'replay' && !python.flags.dontWriteBytecode ? 'unwritable' : 'missing';
}

/** One group for each fault in each entry of the search path. */
function groups(compiled: readonly Compiled[]): (readonly [Compiled, ...Compiled[]])[] {
  const found = new Map<string, [Compiled, ...Compiled[]]>();
  for (const one of compiled) {
    const key = `${one.fault} ${one.entry}`;
    const group = found.get(key);
    if (group) group.push(one);
    else found.set(key, [one]);
  }
  return [...found.values()];
}

function findingFor(
  group: readonly [Compiled, ...Compiled[]],
  shared: SharedStorage,
  { accesses, target, python }: StartArtifacts & Pick<Artifacts, 'python'>,
): Finding | undefined {
  const [{ fault, entry }] = group;
  const ids = new Set(group.map(({ node }) => node.id));
  const seconds = sum(group, (one) => one.seconds);
  const cost = shared.model.saving(
    (access) => ids.has(access.import) && (access.cause === 'source-read' || access.cause === 'bytecode-write'),
    seconds,
  );
  // A module or two may read their own source for other reasons: to find out about names, or to print a warning.
  if (fault === 'stale' && group.length < 3) return undefined;
  const standsOut = group.length >= NOTEWORTHY_MODULES || seconds >= NOTEWORTHY_LOCAL_SECONDS;
  const severity = severityOf(cost, shared) ?? (standsOut ? 'note' : undefined);
  if (!severity) return undefined;
  const refused = accesses.accesses.filter(
    ({ cause, error, import: id }) => cause === 'bytecode-write' && error !== '' && ids.has(id),
  );
  return {
    message:
      `${formatCountOf(group.length, 'module')} below ${entry} ${EXPLAINED[fault]}: each rank compiles them at each start, ` +
      `about ${formatSeconds(seconds)}; ${costText(cost, target)}`,
    severity,
    confidence: fault === 'stale' && severity !== 'note' ? 'likely' : confidenceOf(cost, target),
    harm: 'cost',
    cost,
    fixer: fixerOf(fault, refused),
    check: 'audit the job again: no module is compiled, and no source is read',
    subject: `${entry} (${fault})`,
    evidence: [
      factEvidence({
        'modules compiled': String(group.length),
        'PYTHONDONTWRITEBYTECODE or -B': python.flags.dontWriteBytecode ? 'set' : 'not set',
        'writing was refused with': [...new Set(refused.map(({ error }) => error))].join(', ') || 'no refusal seen',
      }),
      pathEvidence(
        'folders of the compiled modules',
        tally(
          group,
          ({ node }) => folderOf(node.origin ?? ''),
          () => 1,
        ),
      ),
    ],
  };
}

/** A full disk or quota is the user's own; where the job may not write, neither may its user. */
function fixerOf(fault: Fault, refused: readonly Access[]): Finding['fixer'] {
  const full = refused.length > 0 && refused.every(({ error }) => error === 'EDQUOT' || error === 'ENOSPC');
  return fault === 'unwritable' && !full ? 'site' : 'user';
}
