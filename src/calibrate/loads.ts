import { fitLoad, type LoadFit } from './fit-load.ts';
import type { CallTime } from './request-times.ts';
import type { Crowd } from './times.ts';

/** From so much on, a node may do no more because it can do no more itself. */
const BUSY = 0.9;
/**
 * Requests a second for each processor below which the node is not what limits: a request would have to cost it half a
 * millisecond. Two processors made 24,000 to 30,000 calls a second of a FUSE file system (slowfs with short times,
 * November 2026), and kernels do more of their own.
 */
const EASILY_MADE = 2000;

export interface Loads {
  readonly load: LoadFit | undefined;
  readonly dataLoad: LoadFit | undefined;
  readonly notes: readonly string[];
}

const isData = (call: string) => call === 'read' || call === 'read-large';

/** Busy processors may be busy with the work of others; what counts is whether ours would fill them. */
function mayBeNode({ busy = 0, processes, processors, microseconds }: Crowd, requests: number): boolean {
  const made = ((processes / microseconds) * 1e6 * requests) / (processors ?? 1);
  return busy >= BUSY && (processors === undefined || made > EASILY_MADE);
}

export function loadsOf(
  crowds: readonly Crowd[],
  calls: readonly CallTime[],
  requests: (call: Crowd['call']) => number,
  trip: number,
): Loads {
  const tried = crowds.filter(({ customers }) => customers > 1);
  const usable = tried.filter((crowd) => !mayBeNode(crowd, requests(crowd.call)));
  const loaded = (wanted: (call: Crowd['call']) => boolean) =>
    calls
      .filter(({ call }) => wanted(call))
      .map(({ call, time }) => ({
        requests: requests(call),
        alone: time.likely,
        points: usable.filter((crowd) => crowd.call === call),
      }));
  const load = fitLoad(
    loaded((call) => !isData(call)),
    trip,
  );
  const dataLoad = fitLoad(
    loaded((call) => call === 'read'),
    trip,
  );
  return { load, dataLoad, notes: loadNotes(load, tried.length, tried.length - usable.length) };
}

function loadNotes(load: LoadFit | undefined, tried: number, left: number): string[] {
  const busy = `${left} of ${tried} stretches under load are left out: the processors of this node were busy, it may have been the limit`;
  return [
    ...(left > 0 ? [busy] : []),
    ...(tried === 0 ? ['slots were not tried: --load tells them'] : []),
    ...(load?.limit === 'none'
      ? ['nothing waited under load that could be used: slots are at least what was busy at the same time']
      : []),
    ...(load?.limit === 'node'
      ? ['what filled was a limit of this node: the slots of the servers were not reached']
      : []),
    ...(load?.limit === 'server' && load.nodeLimit !== 'no'
      ? [
          "a limit of this node would look the same as the server's slots, and then more nodes wait less than is told: from one node they cannot be told apart",
        ]
      : []),
  ];
}
