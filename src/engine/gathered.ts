import { type Failure, failure, type Result, success } from '#base';
import type { Gatherer } from '#gather';
import type { ArtifactId, Artifacts, Recording } from '#schema';
import { attempt } from './attempt.ts';

/** The artifacts that could be made, and why the others could not. */
export interface Gathered {
  readonly artifacts: Partial<Artifacts>;
  readonly failures: ReadonlyMap<ArtifactId, Failure>;
}

export function gatherAll(gatherers: readonly Gatherer[], recordings: readonly [Recording, ...Recording[]]): Gathered {
  const artifacts: Partial<Artifacts> = {};
  const failures = new Map<ArtifactId, Failure>();
  for (const gatherer of gatherers) {
    const made: Result<unknown> = attempt(gatherer.makes, () => gatherer.gather(recordings));
    if (made.ok) Object.assign(artifacts, { [gatherer.makes]: made.value });
    else failures.set(gatherer.makes, made.failure);
  }
  return { artifacts, failures };
}

/** The artifacts named, or the reason why one of them is missing. */
export function pick<Id extends ArtifactId>(gathered: Gathered, ids: readonly Id[]): Result<Pick<Artifacts, Id>> {
  for (const id of ids) {
    if (gathered.artifacts[id] !== undefined) continue;
    const because = gathered.failures.get(id)?.message ?? 'it could not be made of this recording';
    return failure({ code: 'engine/missing-artifact', message: `${id} is missing: ${because}` });
  }
  return success(gathered.artifacts as Pick<Artifacts, Id>);
}
