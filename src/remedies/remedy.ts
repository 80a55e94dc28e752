import type { ArtifactId, Artifacts, Finding, Remedy } from '#schema';

/** What cures a finding. Offered only when the artifacts prove its precondition. */
export interface RemedyUnit<Needs extends ArtifactId = ArtifactId> {
  /** An order: `drop-path-entry`. */
  readonly id: string;
  readonly title: string;
  /** Ids of audits. */
  readonly cures: readonly string[];
  readonly needs: readonly Needs[];
  /** Undefined when the precondition is not proved or nothing is saved. */
  prescribe(
    findings: readonly { audit: string; finding: Finding }[],
    artifacts: Pick<Artifacts, Needs>,
  ): Omit<Remedy, 'id' | 'title'> | undefined;
}

export function defineRemedy<const Needs extends ArtifactId>(remedy: RemedyUnit<Needs>): RemedyUnit<Needs> {
  return remedy;
}
