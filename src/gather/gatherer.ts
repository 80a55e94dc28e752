import type { Result } from '#base';
import type { ArtifactId, Artifacts, Recording } from '#schema';

/** One gatherer, one artifact. Measures, never judges. The recordings are of one job: one for each observed rank, lowest rank first. */
export interface Gatherer<Id extends ArtifactId = ArtifactId> {
  readonly makes: Id;
  gather(recordings: readonly [Recording, ...Recording[]]): Result<Artifacts[Id]>;
}
