import { findFilesystemProfile } from '#knowledge';
import { stagingTime, transports } from '#scale';
import type { Measured } from './condition.ts';
import { predict } from './prediction.ts';
import { markdownTable, seconds, toldText } from './told-text.ts';

// Published times of staging against the model: launch, broadcast and unpacking.

interface Staged {
  readonly title: string;
  readonly source: string;
  readonly transport: string;
  readonly profile: string;
  readonly image: { readonly files: number; readonly bytes: number };
  readonly because: string;
  readonly launcher: string;
  readonly destination: 'memory' | 'disk';
  readonly measured: readonly Measured[];
  /** Why what lies outside does. */
  readonly misses?: string;
}

const sizes = (rows: readonly (readonly [number, number])[]): Measured[] =>
  rows.map(([nodes, took]) => ({ nodes, seconds: took }));

const BUNDLE = {
  transport: 'mpi-broadcast',
  destination: 'memory',
  image: { files: 25_000, bytes: 1_000_000_000 },
  because:
    'a compressed bundle of about 300 MB; on Blue Waters one node wrote 1.2 GB in all when it was unpacked; 1 GB in 25,000 files is taken',
} as const;

const STAGED: readonly Staged[] = [
  {
    ...BUNDLE,
    launcher: 'slurm',
    profile: 'gpfs',
    title: 'Edison: broadcast by MPI and unpacking into memory, with its launch',
    source:
      'https://github.com/rainwoodman/python-mpi-bcast, benchmarks/cray-xc30, 2015-09-15: the wall time of the step',
    misses:
      'In the runs of 2,048 and 5,310 nodes the slowest node took 31 and 43 s to unpack, against 11 at 4,096: some node was busy or ill, which the model has only as a slow tail.',
    measured: sizes([
      ...([
        [1, 11.083],
        [2, 12.015],
        [4, 14.111],
        [8, 14.159],
        [16, 14.416],
        [32, 14.794],
        [64, 17.016],
      ] as const),
      ...([
        [128, 17.752],
        [256, 18.966],
        [512, 20.977],
        [1024, 28.967],
        [2048, 70.367],
        [4096, 48.583],
      ] as const),
      [5310, 87.233],
    ]),
  },
  {
    ...BUNDLE,
    launcher: 'other',
    profile: 'lustre-2-12',
    title: 'Blue Waters: broadcast by MPI and unpacking into memory, with its launch',
    source:
      'https://github.com/rainwoodman/python-mpi-bcast, benchmarks/cray-xt, 2016-01-15: the wall time of the step',
    misses:
      'In the run of 8 nodes the slowest node took 12 s to unpack, against 8 in all others; in that of 128 six seconds more went by than broadcast and unpacking took. Both are single runs.',
    measured: sizes([
      ...([
        [1, 14.524],
        [2, 24.511],
        [4, 26.005],
        [8, 34.624],
        [16, 26.157],
        [32, 25.84],
        [64, 30.062],
      ] as const),
      ...([
        [128, 36.475],
        [256, 30.532],
        [512, 34.767],
        [1024, 38.965],
        [2048, 42.552],
        [4096, 44.914],
      ] as const),
      [8192, 56.772],
    ]),
  },
  {
    transport: 'sbcast',
    launcher: 'slurm',
    destination: 'disk',
    profile: 'lustre',
    title: 'Frontier, 8 nodes: sbcast of a conda environment with torch to NVMe, and unpacking',
    image: { files: 42_028, bytes: 8_300_000_000 },
    because: 'Copper counted 42,028 files in such an environment on Frontier, 8.3 GB; that it is the same is taken',
    source:
      'https://github.com/olcf/olcf-user-docs, software/python/sbcast_conda.rst, commit 2745903: 39 s of unpacking, about 33 s before it (the job of 77 s less its other parts)',
    measured: sizes([[8, 72]]),
  },
];

function sectionOf({ title, source, because, measured, image, misses, ...staged }: Staged): string {
  const transport = transports.find(({ id }) => id === staged.transport);
  const profile = findFilesystemProfile(staged.profile);
  if (!transport || !profile) throw new Error(`${title}: no such transport or profile`);
  const { launcher, destination } = staged;
  const told = (nodes: number) =>
    stagingTime(transport, image, profile, { nodes, launcher, destination, archive: 'tar.gz' }).samples;
  const { rows } = predict(measured, [told], measured.slice(0, measured.length > 2 ? 2 : 0));
  const titles = ['Nodes', 'Measured s', 'Told s', 'High/low', 'Inside'];
  return [
    `### ${title}`,
    `Transport \`${transport.id}\`, from \`${profile.id}\`. The image: ${because}.`,
    markdownTable(
      titles,
      rows.map((row) => [row.nodes, seconds(row.seconds), ...toldText(row)]),
    ),
    ...(misses ? [misses] : []),
    `Source: ${source}.`,
  ].join('\n\n');
}

export function stagedTables(): string {
  return STAGED.map(sectionOf).join('\n\n');
}
