import { failure, success } from '#base';
import { type Activities, type Facts, pathText } from '#schema';
import type { Gatherer } from '../gatherer.ts';
import { innermostImport } from '../innermost-import.ts';
import { firstRank, noPython, type ObservedRank } from '../observed-ranks.ts';
import { startedFrom } from '../started-from.ts';

type Activity = Activities['activities'][number];
type Fact = Facts['activity'][number];

/** The import that did it, in the job's own process; what a child did counts for the import that started the child. */
function importOf({ recording, process, spans }: ObservedRank): (fact: Fact) => number | undefined {
  const innermost = innermostImport(spans);
  return (fact) => {
    if (fact.process === process.id) return fact.import;
    const image = recording.processes.get(fact.process);
    const started = image && startedFrom(recording, image, process);
    return started === undefined ? undefined : innermost(started);
  };
}

function folded(rank: ObservedRank): Activity[] {
  const { paths, facts } = rank.recording;
  const modules = new Map(rank.spans.map(({ id, module }) => [id, module]));
  const doer = importOf(rank);
  const activities = new Map<string, Activity>();
  for (const fact of facts.activity) {
    const by = doer(fact);
    if (by === undefined) continue;
    const { kind, path, detail, t } = fact;
    const activity = {
      kind,
      module: modules.get(by) ?? '__main__',
      inStart: t < rank.end,
      ...(path === undefined ? {} : { path: pathText(paths, path), mount: paths[path]?.mount ?? 0 }),
      ...(detail === undefined ? {} : { detail }),
    };
    const key = JSON.stringify(activity);
    activities.set(key, { ...activity, count: (activities.get(key)?.count ?? 0) + 1 });
  }
  return [...activities.values()];
}

/** What the first observed rank and its children did beside reading files. */
export const activities: Gatherer<'activities'> = {
  makes: 'activities',

  gather(recordings) {
    const first = firstRank(recordings);
    return first ? success({ activities: folded(first) }) : failure(noPython);
  },
};
