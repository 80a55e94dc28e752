import { type Failure, success } from '#base';
import { type Complaint, type Prescription, type RemedyUnit, remedies } from '#remedies';
import type { Asked } from '../ask.ts';
import { attempt } from '../attempt.ts';
import { type Gathered, pick } from '../gathered.ts';

export type Prescribed = Prescription & { readonly id: string };

/** The findings that stand: a finding that the user allowed needs no remedy. */
function listStanding(asked: readonly Asked[]): Complaint[] {
  return asked.flatMap(({ audit, verdict, allowed }) =>
    verdict.kind === 'fail' && allowed === undefined
      ? verdict.findings.map((finding) => ({ audit: audit.id, finding }))
      : [],
  );
}

/** Remedies, and the mistakes of ours that lost one. */
export interface Prescriptions {
  readonly remedies: readonly Prescribed[];
  readonly failures: readonly Failure[];
}

function prescribeOne(unit: RemedyUnit, complaints: readonly Complaint[], gathered: Gathered): Prescriptions {
  const own = complaints.filter(({ audit }) => unit.cures.includes(audit));
  const needs = pick(gathered, unit.needs);
  // An artifact that is missing proves no precondition; why it is missing is said where audits need it.
  if (own.length === 0 || !needs.ok) return { remedies: [], failures: [] };
  const made = attempt(unit.id, () => success(unit.prescribe(own, needs.value)));
  if (!made.ok) return { remedies: [], failures: [made.failure] };
  return { remedies: made.value.map((prescription) => ({ ...prescription, id: unit.id })), failures: [] };
}

/** Remedies, those that save most first. Seconds come before requests, requests before bytes. */
export function prescribe(asked: readonly Asked[], gathered: Gathered): Prescriptions {
  const complaints = listStanding(asked);
  const units = ['seconds', 'requests', 'bytes'];
  const made = remedies.map((unit) => prescribeOne(unit, complaints, gathered));
  const ranked = made
    .flatMap((one) => one.remedies)
    .sort((a, b) => units.indexOf(a.saves.unit) - units.indexOf(b.saves.unit) || b.saves.value - a.saves.value);
  return { remedies: ranked, failures: made.flatMap(({ failures }) => failures) };
}
