import { failure, type Result, success } from '#base';
import { scaleModel } from '#knowledge';
import { breakEven, type Conditions, chooseTransport, launchTime, savingOf, weighLibraries } from '#scale';
import type { LargeLibrary, Recording, StagingOutlook } from '#schema';
import { prepareStart } from './prepare-start.ts';
import type { Scale } from './target.ts';

/** More nodes than any machine has: the largest that break-even tries. */
const MOST_NODES = 131_072;

/**
 * Whether it pays to bring an image of so many files and bytes to each node first, at the scale asked for and from which
 * size on. Of `large`, libraries in it, those that cost less where they are are taken to be left there.
 */
export function examineStaging(
  recordings: readonly [Recording, ...Recording[]],
  scale: Scale,
  whole: { readonly files: number; readonly bytes: number },
  large: readonly LargeLibrary[] = [],
): Result<StagingOutlook> {
  const prepared = prepareStart(recordings, scale, new Map());
  if (!prepared.ok) return prepared;
  const { made, target, gathered, prescriptions } = prepared.value;
  if (!made.ok) return failure({ ...made.failure, hint: 'Record the job again: pharos audit -- COMMAND.' });
  const model = made.value;
  const launcher = gathered.artifacts.run?.launcher ?? 'none';
  const { nodes, ranksPerNode } = target;
  const conditionsAt = (count: number): Conditions => {
    const launchSeconds = launchTime(launcher, { nodes: count, ranksPerNode });
    return { nodes: count, ...(launchSeconds ? { launchSeconds } : {}) };
  };
  const touched = scaleModel.touchedOfLargeLibrary;
  const { libraries, image, mapped } = weighLibraries(model, launcher, conditionsAt(nodes), whole, large, touched);
  const { coverage, because } = gathered.artifacts.accesses ?? {};
  const startAt = (count: number) => model.start(conditionsAt(count));
  const stagedAt = (count: number) => chooseTransport(model, launcher, conditionsAt(count), image, mapped);
  const [asIs, staged] = [startAt(nodes), stagedAt(nodes)];
  const plainSamples = (count: number) => startAt(count).samples;
  const stagedSamples = (count: number) => stagedAt(count)?.start.samples ?? plainSamples(count);
  return success({
    ...{ nodes, ranksPerNode, asIs: asIs.seconds },
    profile: { title: model.profile.title, calibrated: target.calibrated },
    ...(staged
      ? {
          staged: {
            ...{ title: staged.transport.title, seconds: staged.start.seconds },
            saves: savingOf(asIs, staged.start),
          },
        }
      : {}),
    pays: breakEven(plainSamples, stagedSamples),
    transports: listTransports(stagedAt),
    large: libraries,
    withoutImage: prescriptions.remedies
      .filter(({ cut }) => cut !== undefined)
      .map(({ title, saves }) => ({ title, saves })),
    ...(coverage === 'complete' || because === undefined ? {} : { unseen: because }),
  });
}

type Chosen = ReturnType<typeof chooseTransport>;

/** At each doubling, where another transport is likely faster than the one before. */
function listTransports(stagedAt: (nodes: number) => Chosen): StagingOutlook['transports'] {
  const found: { fromNodes: number; transport: string }[] = [];
  for (let nodes = 1; nodes <= MOST_NODES; nodes *= 2) {
    const id = stagedAt(nodes)?.transport.id;
    if (id !== undefined && found.at(-1)?.transport !== id) found.push({ fromNodes: nodes, transport: id });
  }
  return found;
}
