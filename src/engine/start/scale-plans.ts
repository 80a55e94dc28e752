import type { Change, Conditions, ModelledStart, StartModel } from '#scale';
import type { ScalePlan } from '#schema';
import type { Prescribed } from './prescribe.ts';

/** One way to start the job, that can be asked at any size. */
export interface Plan extends ScalePlan {
  readonly start: (conditions: Conditions) => ModelledStart;
}

/** More lines than a reader compares. */
const MOST_REMEDIES = 8;

/** The start as it is, with each remedy that says what it cuts, and with all of them. */
export function listPlans(model: StartModel, remedies: readonly Prescribed[]): Plan[] {
  const asIs: Plan = {
    ...{ id: 'as-is', title: 'as it is', kind: 'as-is', because: 'what was recorded', known: true },
    start: (conditions) => model.start(conditions),
  };
  const cutting = remedies.filter(({ cut }) => cut !== undefined);
  const groups = [...Map.groupBy(cutting, ({ id }) => id)].slice(0, MOST_REMEDIES);
  const single = groups.map(([id, members]): Plan => {
    const [first] = members;
    return {
      ...{ id, title: first?.title ?? id, kind: 'remedy', because: first?.proved ?? '', known: true },
      start: starting(model, members),
    };
  });
  if (single.length < 2) return [asIs, ...single];
  const title = `with all ${single.length} remedies`;
  const all: Plan = {
    ...{ id: 'all-remedies', title, kind: 'remedy', because: 'each is proved to be safe for this job', known: true },
    start: starting(model, cutting),
  };
  return [asIs, ...single, all];
}

function starting(model: StartModel, remedies: readonly Prescribed[]): Plan['start'] {
  const cuts = remedies.flatMap(({ cut }) => cut ?? []);
  const change: Change = {
    without: (access) => cuts.some((cut) => cut.without(access)),
    // Remedies may take away the same seconds: only the greatest is sure.
    lessSeconds: Math.max(0, ...cuts.map((cut) => cut.lessSeconds ?? 0)),
  };
  return (conditions) => model.start(conditions, change);
}
