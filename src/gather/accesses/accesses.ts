import { failure, success } from '#base';
import type { Accesses, ImportSpan } from '#schema';
import type { Gatherer } from '../gatherer.ts';
import { firstRank, noPython } from '../observed-ranks.ts';
import { accessFold } from './fold.ts';
import { type PathConfigurations, pathConfigurations } from './path-configurations.ts';
import { chooseSources, type Sources } from './sources.ts';
import { views } from './views.ts';

type Coverage = Pick<Accesses, 'coverage' | 'because'>;

/** An extension in the one run that the replay did not load: what the dynamic loader did for it was not seen. */
function unseen({ rank, replayed, site }: Sources): ImportSpan | undefined {
  const isSeen = (span: ImportSpan) => replayed?.covers(span.id) || site?.saw(span);
  return rank.spans.find(
    (span) => span.begin < rank.end && span.loader === 'extension' && span.outcome === 'loaded' && !isSeen(span),
  );
}

/** A tracer may leave before the job ends; then nobody saw the rest. */
function traceCoverage({ root, rank }: Sources): Coverage {
  const wasLeft = root.end === undefined && rank.process.end !== undefined;
  return wasLeft
    ? { coverage: 'python-only', because: 'the trace ended before the job did' }
    : { coverage: 'complete' };
}

function coverage(sources: Sources): Coverage {
  const { source, rank } = sources;
  const replay = rank.recording.facts.replay[0];
  if (source === 'trace') return traceCoverage(sources);
  if (source === 'probe') {
    return { coverage: 'python-only', because: replay?.because ?? 'the imports were not run again under strace' };
  }
  const [leftOut] = replay?.leftOut ?? [];
  if (leftOut) return { coverage: 'python-only', because: `${leftOut.module} was not replayed: ${leftOut.because}` };
  const missed = unseen(sources);
  if (missed) return { coverage: 'python-only', because: `the replay did not import ${missed.module}` };
  return { coverage: 'complete' };
}

function fold(sources: Sources, configurations: PathConfigurations | undefined): Pick<Accesses, 'paths' | 'accesses'> {
  const { recording } = sources.rank;
  const { length, process } = recording.operations;
  const viewOf = views(sources);
  const cells = accessFold(recording);
  for (let row = 0; row < length; row += 1) {
    const image = process[row] ?? 0;
    const taken = viewOf.get(image)?.(row);
    if (!taken) continue;
    const isTheirs = image === sources.root.id && configurations?.isTheirs(row);
    cells.add(row, taken.import, taken.phase, isTheirs ? 'pth' : taken.cause);
  }
  return cells.result();
}

/** The file operations of the first observed rank, each with its import and its cause, from the source that saw most. */
export const accesses: Gatherer<'accesses'> = {
  makes: 'accesses',

  gather(recordings) {
    const first = firstRank(recordings);
    if (!first) return failure(noPython);
    const sources = chooseSources(first);
    const configurations = pathConfigurations(sources);
    return success({
      source: sources.source,
      ...coverage(sources),
      ...fold(sources, configurations),
      ...(configurations && configurations.files.length > 0 ? { pathConfigurations: [...configurations.files] } : {}),
    });
  },
};
