import { formatCountOf, formatRange, formatSeconds, type Interval, sum } from '#base';
import { findFilesystemProfile } from '#knowledge';
import type { Artifacts, Finding, Report, Target } from '#schema';
import type { Asked } from '../ask.ts';
import type { Prescribed } from './prescribe.ts';
import { sayOutcome } from './say-outcome.ts';

export interface HeadlineFacts {
  readonly artifacts: Partial<Artifacts>;
  readonly target: Target;
  readonly atScale: Interval | undefined;
  readonly requestsPerNode: number | undefined;
  readonly asked: readonly Asked[];
  readonly remedies: readonly Prescribed[];
}

/** What the start cost here: the slowest observed rank, because the job waits for it. */
export function measuredSeconds({ run }: Partial<Artifacts>): number | undefined {
  const seconds = (run?.observed ?? []).flatMap(({ startSeconds }) => startSeconds ?? []);
  return seconds.length > 0 ? Math.max(...seconds) : undefined;
}

/** Shorter than this, what came before the interpreter is not worth a word. */
const WORTH_SAYING = 0.1;

/** The start counts from exec of the interpreter; at scale, what came before is waited for too. */
function sayBefore(run: Artifacts['run'] | undefined): string {
  const before = Math.max(0, ...(run?.observed ?? []).flatMap(({ beforeExecSeconds }) => beforeExecSeconds ?? []));
  return before >= WORTH_SAYING ? `, after ${formatSeconds(before)} before Python began` : '';
}

/** Imports that functions ask for after the last one of the script are not part of the start; that they exist is said. */
function sayLater({ imports, run }: Partial<Artifacts>, startSeconds: number): string {
  // Whoever marks where the start ends has decided what comes after.
  if (run?.observed.some(({ endsAt }) => endsAt === 'marker')) return '';
  const later = (imports?.nodes ?? []).filter(({ inStart, parent }) => !inStart && parent === undefined);
  const seconds = sum(later, ({ totalSeconds }) => totalSeconds);
  if (seconds < WORTH_SAYING || seconds < startSeconds / 10) return '';
  return ` Its functions import more after the start, in ${formatSeconds(seconds)}, which is not counted here.`;
}

function sayHere({ artifacts }: HeadlineFacts): string {
  const { run, python } = artifacts;
  const seconds = measuredSeconds(artifacts);
  const interpreter = python ? ` with Python ${python.version}` : '';
  const script = run?.script || 'the job';
  const failed = run && !(run.outcome.kind === 'exited' && run.outcome.status === 0) ? `; it ${sayOutcome(run)}` : '';
  if (seconds === undefined) return `How long ${script} took to start${interpreter} could not be measured${failed}.`;
  const cut = run?.observed.some(({ endsAt }) => endsAt === 'cut-short') ? 'at least ' : '';
  return `Starting ${script}${interpreter} took ${cut}${formatSeconds(seconds)} here (measured)${sayBefore(run)}${failed}.${sayLater(artifacts, seconds)}`;
}

/** `Lustre before 2.14` of a profile's title, without what the title says about it. */
function nameOf(profile: string): string {
  const title = findFilesystemProfile(profile)?.title ?? profile;
  return title.split(/[:,(]/, 1)[0]?.trim() || profile;
}

function sayStorage({ profile, calibrated, applies }: Target): string {
  const system = calibrated ? `the file system ${profile}` : `a typical installation of ${nameOf(profile)}`;
  return applies === 'as-if' ? `if its environment and code were on ${system}` : `as on ${system}`;
}

function sayAtScale({ target, atScale, requestsPerNode }: HeadlineFacts): string {
  const ranks = formatCountOf(target.ranksPerNode, 'rank');
  const where = `On ${formatCountOf(target.nodes, 'node')} with ${ranks} each`;
  if (!atScale || requestsPerNode === undefined)
    return `What it costs on ${formatCountOf(target.nodes, 'node')} is not known.`;
  if (requestsPerNode === 0) {
    const why = ": neither its environment nor its code is outside the system's own folders";
    return `${where} nothing would be asked of shared storage${target.applies === 'as-if' ? why : ''}.`;
  }
  const requests = formatCountOf(requestsPerNode, 'metadata request');
  return `${where} it would take ${formatRange(atScale.low, atScale.high, formatSeconds)} ${sayStorage(target)}, with ${requests} from each node (modelled).`;
}

const SEVERITIES: readonly Finding['severity'][] = ['error', 'warning', 'note'];

/** What weighs most: severity, then cost. */
function findWorst(asked: readonly Asked[]): { readonly audit: string; readonly finding: Finding } | undefined {
  const found = asked.flatMap(({ audit, verdict, allowed }) =>
    verdict.kind === 'fail' && allowed === undefined
      ? verdict.findings.map((finding) => ({ audit: audit.id, finding }))
      : [],
  );
  const rank = ({ severity }: Finding) => SEVERITIES.indexOf(severity);
  const costOf = ({ cost }: Finding) => (cost?.unit === 'seconds' ? cost.value : 0);
  const [worst] = found.sort((a, b) => rank(a.finding) - rank(b.finding) || costOf(b.finding) - costOf(a.finding));
  return worst;
}

function sayWhy({ asked }: HeadlineFacts): string {
  const worst = findWorst(asked);
  if (worst) return `What weighs most: ${worst.finding.message}.`;
  const unknown = asked.filter(({ verdict }) => verdict.kind === 'unknown').length;
  if (asked.length === 0 || unknown === asked.length) return 'Nothing could be audited.';
  return unknown === 0 ? 'No audit found anything.' : `No audit found anything; ${unknown} could not be answered.`;
}

function sayWhatToDo({ asked, remedies }: HeadlineFacts): string[] {
  const [best] = remedies;
  if (!best) {
    const worst = findWorst(asked);
    if (!worst) return [];
    return [
      `No remedy is proved to be safe for this job; \`pharos explain ${worst.audit}\` says what cures it in general.`,
    ];
  }
  const { low, value, high, unit, basis } = best.saves;
  const saved =
    unit === 'seconds' ? formatRange(low, high, formatSeconds) : formatCountOf(value, unit.replace(/s$/, ''));
  const title = best.title.charAt(0).toLowerCase() + best.title.slice(1);
  return [`What would help most: ${title}, which saves ${saved} a start (${basis}).`];
}

/** Two to four sentences: what the start costs here, at scale, why, what to do. */
export function writeHeadline(facts: HeadlineFacts): Report['headline'] {
  const measured = measuredSeconds(facts.artifacts);
  return {
    sentences: [sayHere(facts), sayAtScale(facts), sayWhy(facts), ...sayWhatToDo(facts)],
    ...(measured === undefined ? {} : { measuredSeconds: measured }),
    ...(facts.atScale ? { atScale: { ...facts.atScale } } : {}),
    ...(facts.requestsPerNode === undefined ? {} : { requestsPerNode: facts.requestsPerNode }),
  };
}
