import type { Interval } from '#base';
import { scaleModel } from '#knowledge';
import { METADATA_REQUESTS, type ServerModel } from '#schema';
import { DRAWS, drawn } from './draws.ts';

type Request = (typeof METADATA_REQUESTS)[number];

/** Servers, network and model with one value for each figure. Times in seconds. */
export interface World {
  readonly roundTrip: number;
  readonly service: Readonly<Record<Request, number>>;
  readonly metadataSlots: number;
  readonly dataService: number;
  readonly dataSlots: number;
  readonly bytesPerSecondPerSlot: number;
  readonly requestBytes: number;
  readonly inFlightPerNode: number;
  /** Squared coefficient of variation of the service of one kind of request. */
  readonly serviceVariation: number;
  readonly other: { readonly metadata: Share; readonly data: Share };
  /** How long the share of others stays as it is. */
  readonly burst: number;
  /** Share of the data requests that the rank waits for; those that open a file are always waited for. */
  readonly readsWaited: number;
  /** Factor on the time at servers and on the way: what the model itself is off. */
  readonly error: number;
}

/** What others use of a server: at first, and on the average of all worlds. */
export interface Share {
  readonly now: number;
  readonly mean: number;
}

const MICRO = 1e-6;
const MOST_SHARE = 0.95;

type Take = (figure: string, range: Interval) => number;

function worldOf(server: ServerModel, take: Take, mean: (range: Interval, figure: string) => number): World {
  const micro = (figure: string, range: Interval) => MICRO * take(figure, range);
  // One server: where it is slow for one kind of request, it is slow for all.
  const service = (kind: Request) => micro('metadata service', server.metadataServiceMicroseconds[kind]);
  const share = (figure: string, range: Interval): Share => ({
    now: Math.min(MOST_SHARE, take(figure, range)),
    mean: Math.min(MOST_SHARE, mean(range, figure)),
  });
  return {
    roundTrip: micro('round trip', server.roundTripMicroseconds),
    service: Object.fromEntries(METADATA_REQUESTS.map((kind) => [kind, service(kind)])) as World['service'],
    metadataSlots: take('metadata slots', server.metadataSlots),
    dataService: micro('data service', server.dataServiceMicroseconds),
    dataSlots: take('data slots', server.dataSlots),
    bytesPerSecondPerSlot: take('data bandwidth', server.dataBytesPerSecondPerSlot),
    requestBytes: take('data request', server.dataRequestBytes),
    inFlightPerNode: take('in flight', server.inFlightPerNode),
    serviceVariation: take('service variation', server.serviceVariation),
    other: {
      metadata: share('other load', server.otherLoad.metadataShare),
      data: share('other load', server.otherLoad.dataShare),
    },
    burst: take('burst', server.otherLoad.burstSeconds),
    readsWaited: Math.min(1, take('reads waited', scaleModel.readsWaited)),
    error: take('model error', scaleModel.error),
  };
}

const average = (values: readonly number[]) => values.reduce((all, one) => all + one, 0) / values.length;

/** Requests are cut at powers of two: few sizes, so that files need not be counted anew in each world. */
const powerOfTwo = (bytes: number) => 2 ** Math.round(Math.log2(Math.max(1, bytes)));

/** Each figure at its median. */
export function likelyWorld(server: ServerModel): World {
  return worldOf(
    server,
    (_, range) => range.likely,
    (range) => range.likely,
  );
}

const known = new WeakMap<ServerModel, readonly World[]>();

/** The possible worlds, in the order of the draws. */
export function possibleWorlds(server: ServerModel): readonly World[] {
  const worlds = known.get(server) ?? drawWorlds(server);
  known.set(server, worlds);
  return worlds;
}

function drawWorlds(server: ServerModel): readonly World[] {
  const tables = new Map<Interval, readonly number[]>();
  const table = (figure: string, range: Interval) => {
    const values = tables.get(range) ?? drawn(figure, range);
    tables.set(range, values);
    return values;
  };
  return Array.from({ length: DRAWS }, (_, index) => {
    const take: Take = (figure, range) => table(figure, range)[index] ?? range.likely;
    const world = worldOf(server, take, (range, figure) => average(table(figure, range)));
    const { low, high } = server.dataRequestBytes;
    return low === high ? world : { ...world, requestBytes: powerOfTwo(world.requestBytes) };
  });
}
