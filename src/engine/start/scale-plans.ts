import { type Change, type Conditions, type ModelledStart, type StartModel, stagedStart, transports } from '#scale';
import type { ScalePlan } from '#schema';
import type { Prescribed } from './prescribe.ts';

/** One way to start the job, that can be asked at any size. */
export interface Plan extends ScalePlan {
  readonly start: (conditions: Conditions) => ModelledStart;
}

/** As the format allows; both hold recorded names. */
const MOST_TITLE = 200;
const MOST_REASON = 500;

const shorten = (text: string, most: number) => (text.length > most ? `${text.slice(0, most - 3)}...` : text);

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
      ...{ id, title: shorten(first?.title ?? id, MOST_TITLE), kind: 'remedy', known: true },
      because: shorten(first?.proved ?? '', MOST_REASON),
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
    without: (access) => cuts.some((one) => one.without(access)),
    // Remedies may take away the same seconds: only the greatest is sure.
    lessSeconds: Math.max(0, ...cuts.map((one) => one.lessSeconds ?? 0)),
  };
  return (conditions) => model.start(conditions, change);
}

type Transport = (typeof transports)[number];

/** The start from an image that is brought to each node first, by each way there is. */
export function listStaged(model: StartModel, launcher: string, only: readonly string[] | undefined): Plan[] {
  const image = model.image();
  if (!model.profile.shared || image.files === 0) return [];
  return transports
    .filter(({ id }) => only === undefined || only.includes(id))
    .map((transport): Plan => {
      const known = transport.needs.length === 0 || transport.comesWith.includes(launcher);
      return {
        ...{ id: `staged-${transport.id}`, title: `staged by ${transport.title}`, kind: 'staged', known },
        because: sayWhy(transport, known, launcher),
        start: (conditions) => stagedStart(model, transport, launcher, conditions),
      };
    });
}

function sayWhy({ needs }: Transport, known: boolean, launcher: string): string {
  if (needs.length === 0) return 'it needs nothing that a node has not';
  return known
    ? `it comes with ${launcher}, which started the job`
    : `it needs ${needs.join(' and ')}; nothing recorded tells whether the site has it`;
}
