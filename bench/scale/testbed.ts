import type { FilesystemProfile } from '../../src/schema/index.ts';
import { median } from '../median.ts';
import { JOBS, type Job, makeEnvironment } from './environment.ts';
import { keyOf, measureStarts, tellMeasured } from './measure-starts.ts';
import { type Measurement, type Measurements, measurements } from './measurements.ts';
import { requestMicroseconds } from './request-time.ts';
import type { Row } from './rows.ts';
import { profileOf, SETTINGS, type Setting } from './settings.ts';
import { type Dials, slowMounts } from './slow-mounts.ts';
import { tellStarts } from './tell-starts.ts';

// Cold starts behind slowfs, at many sizes and settings, against what Pharos tells of them.

export interface Extent {
  /** A few of the settings, jobs and sizes. */
  readonly isQuick: boolean;
}

/** All nodes are on one machine: a run says something where its cores alone would take less than a sixth of it. */
const TRUSTED = 6;

const QUICK = ['one-slot', 'four-slots', 'four-ranks'];
const QUICK_JOBS = ['json', 'numpy'];

export const settingsOf = ({ isQuick }: Extent): readonly Setting[] =>
  SETTINGS.filter(({ id }) => !isQuick || QUICK.includes(id));

const jobsOf = ({ isQuick }: Extent) => JOBS.filter(({ id }) => !isQuick || QUICK_JOBS.includes(id));

/** Long starts go less far. */
const MOST_NODES: Readonly<Record<string, number>> = { json: 32, numpy: 16, sparse: 8 };
const MOST_NODES_OF_FOUR: Readonly<Record<string, number>> = { json: 8, numpy: 4, sparse: 2 };

const FARTHER = ['one-slot', 'delays-off'];

type Reach = Pick<Setting, 'id' | 'ranksPerNode' | 'isLong'>;

function nodesOf({ id, ranksPerNode, isLong }: Reach, job: Job, { isQuick }: Extent): number[] {
  if (isQuick) return [1, 2, 4];
  const most = (ranksPerNode === 1 ? MOST_NODES : MOST_NODES_OF_FOUR)[job.id] ?? 1;
  return [1, 2, 4, 8, 16, 32].filter(
    (nodes) => nodes <= Math.min(32, most * (FARTHER.includes(id) ? 2 : isLong ? 0.5 : 1)),
  );
}

/** The server answers at once: what is left is what the cores of this machine take for all nodes. */
const OFF: Pick<Setting, 'id' | 'options'> & { readonly dials: Dials } = {
  ...{ id: 'delays-off', options: [], dials: { enabled: 0 } },
};

type Place = Reach & Pick<Setting, 'options' | 'dials'>;

async function measureAll(places: readonly Place[], kept: Measurements, extent: Extent): Promise<void> {
  for (const place of places) {
    const mounts = slowMounts(place.options);
    try {
      for (const job of jobsOf(extent)) {
        for (const nodes of nodesOf(place, job, extent)) {
          const size = { nodes, ranksPerNode: place.ranksPerNode };
          const key = keyOf(place.id, job, size);
          if (kept.get(key)) continue;
          const seconds = await measureStarts(job, size, (count) => mounts.cold(count, place.dials));
          tellMeasured(key, kept.keep(key, { seconds, ...mounts.counters() }));
        }
      }
    } finally {
      mounts.stop();
    }
  }
}

/** Why a run says nothing about the model. */
export function whyUntrusted(measured: number, off: Measurement | undefined): string | undefined {
  if (!off) return 'not measured with delays off';
  const cores = median(off.seconds);
  return measured < TRUSTED * cores ? `${cores.toFixed(2)} s with delays off` : undefined;
}

/** Under this is kept what one request takes with no delay. */
const REQUEST = 'request';

export async function measureTestbed(extent: Extent): Promise<void> {
  makeEnvironment();
  const kept = measurements('testbed');
  if (!kept.get(REQUEST)) kept.keep(REQUEST, { seconds: [requestMicroseconds() / 1e6] });
  const settings = settingsOf(extent);
  const ranks = [...new Set(settings.map(({ ranksPerNode }) => ranksPerNode))];
  await measureAll([...ranks.map((ranksPerNode) => ({ ...OFF, ranksPerNode })), ...settings], kept, extent);
}

/** What was measured beside what is told with the profile of each setting: as its dials are, or as calibrated. */
export function compareTestbed(
  extent: Extent,
  calibrated?: (setting: Setting) => FilesystemProfile | undefined,
): Row[] {
  const kept = measurements('testbed');
  const request = 1e6 * (kept.get(REQUEST)?.seconds[0] ?? 0);
  return settingsOf(extent).flatMap((setting) => {
    const profile = calibrated ? calibrated(setting) : profileOf(setting, request);
    if (!profile) return [];
    return jobsOf(extent).flatMap((job) => {
      const sizes = nodesOf(setting, job, extent);
      const told = tellStarts(job, profile, sizes, setting.ranksPerNode);
      return sizes.flatMap((nodes): Row[] => {
        const { ranksPerNode } = setting;
        const found = kept.get(keyOf(setting.id, job, { nodes, ranksPerNode }));
        const interval = told.get(nodes);
        if (!found || !interval) return [];
        const measured = median(found.seconds);
        const untrusted = whyUntrusted(measured, kept.get(keyOf(OFF.id, job, { nodes, ranksPerNode })));
        const row = { job: job.imports, setting: setting.title, nodes, ranksPerNode, measured, told: interval };
        return [untrusted === undefined ? row : { ...row, untrusted }];
      });
    });
  });
}
