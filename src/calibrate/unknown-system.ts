import type { CacheModel, FilesystemProfile, MountClass, ServerModel } from '#schema';

// What is taken of a file system that no shipped profile stands for, until it is measured: nothing is kept, every call
// asks, one server of a few threads answers. That is cautious: what is not measured is rather told too slow.

const CAUTIOUS = 'no profile is shipped for this type of mount; the cautious end of the shipped ones';

export function unknownSystem(mount: { readonly type: string; readonly class: MountClass }, date: string) {
  const marks = { source: CAUTIOUS, date, confidence: 'assumed' } as const;
  const fact = <Value>(value: Value) => ({ value, ...marks });
  const range = (low: number, likely: number, high: number) => ({ low, likely, high, ...marks });
  const cache: CacheModel = {
    entries: fact(0),
    missing: fact(0),
    opens: fact('every'),
    directoryOpens: fact('every'),
    openFindsName: fact(false),
    openRevalidates: fact(false),
    closes: fact('waited'),
    listings: fact(false),
    requestsPerListing: fact(2),
    links: fact(false),
    data: fact('open'),
    sizeFromDataServers: fact(false),
  };
  const server: ServerModel = {
    roundTripMicroseconds: range(50, 200, 1000),
    metadataServiceMicroseconds: {
      lookup: range(20, 200, 2000),
      getattr: range(20, 200, 2000),
      open: range(20, 300, 3000),
      close: range(20, 200, 2000),
      readdir: range(20, 300, 3000),
      readlink: range(20, 200, 2000),
      change: range(40, 600, 6000),
    },
    metadataSlots: range(1, 8, 64),
    dataServiceMicroseconds: range(20, 200, 2000),
    dataSlots: range(1, 8, 64),
    dataBytesPerSecondPerSlot: range(15e6, 100e6, 1e9),
    dataRequestBytes: range(32_768, 131_072, 1_048_576),
    inFlightPerNode: range(8, 64, 512),
    serviceVariation: range(0, 1, 4),
    otherLoad: { metadataShare: range(0, 0.1, 0.5), dataShare: range(0, 0.1, 0.5), burstSeconds: range(1, 30, 600) },
  };
  return {
    kind: 'pharos-filesystem-profile',
    version: 2,
    id: 'unknown',
    title: mount.type,
    shared: true,
    mounts: { classes: [], types: [] },
    cache,
    server,
  } satisfies FilesystemProfile;
}
