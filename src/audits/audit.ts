import type { ArtifactId, Artifacts, Verdict } from '#schema';

/** A question about a job. Pure and synchronous; sees only the artifacts it declares. */
export interface Audit<Needs extends ArtifactId = ArtifactId> {
  /** A noun for the bad state; reads after "allow". Equal to the folder's and the file's name. */
  readonly id: string;
  readonly category: 'start-up' | 'packaging' | 'parallelism' | 'standards';
  readonly question: string;
  readonly needs: readonly Needs[];
  // A method, so that audits with different needs fit into one list.
  answer(artifacts: Pick<Artifacts, Needs>): Verdict;
}

export function defineAudit<const Needs extends ArtifactId>(audit: Audit<Needs>): Audit<Needs> {
  return audit;
}
