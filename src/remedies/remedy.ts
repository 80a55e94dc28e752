import type { Without } from '#scale';
import type { ArtifactId, Artifacts, Finding, Remedy } from '#schema';

/** A finding and the audit that made it. */
export interface Complaint {
  readonly audit: string;
  readonly finding: Finding;
}

/** A remedy for this job; the engine adds the id. */
export interface Prescription extends Omit<Remedy, 'id'> {
  /** What `saves` was computed from, so that the engine can draw the curve after all remedies together. */
  readonly cut?: { readonly without: Without; readonly lessSeconds?: number };
}

/** What cures findings. Offered only when the artifacts prove its precondition and it saves something. */
export interface RemedyUnit<Needs extends ArtifactId = ArtifactId> {
  /** An order: `drop-path-entry`. Equal to the folder's and the file's name. */
  readonly id: string;
  /** Ids of the audits whose findings it may cure; `prescribe` is given only those. */
  readonly cures: readonly string[];
  readonly needs: readonly Needs[];
  // A method, so that remedies with different needs fit into one list.
  prescribe(complaints: readonly Complaint[], artifacts: Pick<Artifacts, Needs>): readonly Prescription[];
}

export function defineRemedy<const Needs extends ArtifactId>(remedy: RemedyUnit<Needs>): RemedyUnit<Needs> {
  return remedy;
}

/** The findings that a prescription cures, as the report names them: of those given, the ones about these subjects. */
export function curesOf(complaints: readonly Complaint[], subjects: readonly string[]): Remedy['cures'] {
  return complaints
    .map(({ audit, finding }) => ({ audit, subject: finding.subject }))
    .filter(({ subject }) => subjects.includes(subject));
}
