import type { Audit } from '#audits';
import { success } from '#base';
import type { Report, Verdict } from '#schema';
import { attempt } from './attempt.ts';
import { type Gathered, pick } from './gathered.ts';

/** An audit and its answer about this job. */
export interface Asked {
  readonly audit: Audit;
  readonly verdict: Verdict;
  /** The reason that the user gave for allowing its findings. */
  readonly allowed?: string;
}

function answerOf(audit: Audit, gathered: Gathered): Verdict {
  const needs = pick(gathered, audit.needs);
  if (!needs.ok) return { kind: 'unknown', because: needs.failure.message };
  const answer = attempt(audit.id, () => success(audit.answer(needs.value)));
  return answer.ok ? answer.value : { kind: 'unknown', because: answer.failure.message };
}

/** Asks the audits, in their order. */
export function ask(audits: readonly Audit[], gathered: Gathered, allowed: ReadonlyMap<string, string>): Asked[] {
  return audits.map((audit) => {
    const verdict = answerOf(audit, gathered);
    const reason = allowed.get(audit.id);
    return verdict.kind === 'fail' && reason !== undefined ? { audit, verdict, allowed: reason } : { audit, verdict };
  });
}

const TITLES = {
  'start-up': 'Start-up',
  packaging: 'Packaging',
  parallelism: 'Parallelism',
  standards: 'Standards',
} as const satisfies Record<Audit['category'], string>;

/** The verdicts by category; a category without audits is left out. */
export function listCategories(asked: readonly Asked[]): Report['categories'] {
  return Object.entries(TITLES).flatMap(([id, title]) => {
    const own = asked.filter(({ audit }) => audit.category === id);
    if (own.length === 0) return [];
    const count = (kind: Verdict['kind']) => own.filter(({ verdict }) => verdict.kind === kind).length;
    const verdicts = own.map(({ audit, verdict, allowed }) => ({
      audit: audit.id,
      question: audit.question,
      verdict,
      ...(allowed === undefined ? {} : { allowed }),
    }));
    const counts = {
      passed: count('pass'),
      failed: count('fail'),
      unknown: count('unknown'),
      inapplicable: count('inapplicable'),
    };
    return [{ id, title, ...counts, verdicts }];
  });
}
