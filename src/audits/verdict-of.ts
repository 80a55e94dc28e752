import type { Finding, Verdict } from '#schema';

/** Fails with the findings, dearest first; without any it passes, with what is worth knowing. */
export function verdictOf(findings: readonly Finding[], notes: readonly string[] = []): Verdict {
  const [first, ...rest] = [...findings].sort((a, b) => (b.cost?.value ?? 0) - (a.cost?.value ?? 0));
  if (first) return { kind: 'fail', findings: [first, ...rest] };
  return notes.length > 0 ? { kind: 'pass', notes: [...notes] } : { kind: 'pass' };
}
