import { largestPool } from '#audits';
import { indexCpus, listCpus, parseCpuList } from '#base';
import type { Artifacts, PlacementPicture, StepSection } from '#schema';

// One picture for all nodes whose ranks lie alike on the same kind of node.

type Node = Artifacts['placement']['nodes'][number];
type Layout = Artifacts['placement']['layouts'][number];
type PicturedRank = PlacementPicture['ranks'][number];

const MOST_PICTURES = 4;
const MOST_NAMES = 4;
/** No node has more hardware threads, or more ranks; a hostile recording may say so. */
const MOST_CPUS = 4096;
const MOST_RANKS = 1024;
/** POWER has eight. */
const MOST_THREADS_OF_A_CORE = 16;

/** Threads that the largest pool of each rank will run. */
function largestPools(threads: Artifacts['threads'] | undefined): ReadonlyMap<number, number> {
  const found = new Map<number, number>();
  for (const { ranks, value } of threads?.pools ?? []) {
    const pool = largestPool(value);
    if (pool) for (const rank of ranks) found.set(rank, pool.threads);
  }
  return found;
}

function pictureRanks({ ranks }: Node, pools: ReadonlyMap<number, number>): PicturedRank[] {
  return ranks.slice(0, MOST_RANKS).map(({ rank, localRank, atStart = '', afterImports, visibleDevices }, index) => {
    const planned = pools.get(rank);
    const gpus = visibleDevices.map(({ value }) => value).join('; ');
    return {
      localRank: localRank ?? index,
      cpus: atStart,
      ...(afterImports === undefined || afterImports === atStart ? {} : { afterImports }),
      ...(planned === undefined ? {} : { threads: planned }),
      ...(gpus === '' ? {} : { gpus }),
    };
  });
}

function ownersOf(ranks: readonly PicturedRank[]): ReadonlyMap<number, number[]> {
  const owners = new Map<number, number[]>();
  for (const { localRank, cpus, afterImports = cpus } of ranks) {
    for (const cpu of listCpus(parseCpuList(afterImports), MOST_CPUS)) {
      const own = owners.get(cpu) ?? [];
      own.push(localRank);
      owners.set(cpu, own);
    }
  }
  return owners;
}

function pictureCores({ cores, packages, numa }: Layout, ranks: readonly PicturedRank[]): PlacementPicture['cores'] {
  const owners = ownersOf(ranks);
  const packageOf = indexCpus(packages, MOST_CPUS);
  const numaOf = indexCpus(
    numa.map(({ cpus }) => cpus),
    MOST_CPUS,
  );
  const drawn = cores.slice(0, MOST_CPUS).flatMap((text) => {
    const cpus = listCpus(parseCpuList(text), MOST_THREADS_OF_A_CORE);
    const [first] = cpus;
    if (first === undefined) return [];
    const domain = numa[numaOf.get(first) ?? -1]?.id;
    return [
      {
        package: packageOf.get(first) ?? 0,
        ...(domain === undefined ? {} : { numa: domain }),
        cpus: cpus.map((cpu) => ({ cpu, localRanks: owners.get(cpu) ?? [] })),
      },
    ];
  });
  const order = ({ package: socket, numa: domain = 0, cpus }: (typeof drawn)[number]) => [
    socket,
    domain,
    cpus[0]?.cpu ?? 0,
  ];
  return drawn.sort((a, b) => {
    const [here, there] = [order(a), order(b)];
    const index = here.findIndex((value, at) => value !== there[at]);
    return index < 0 ? 0 : (here[index] ?? 0) - (there[index] ?? 0);
  });
}

interface Alike {
  readonly layout: Layout;
  readonly ranks: PicturedRank[];
  readonly nodes: string[];
}

/** How the ranks lie on their nodes: the most frequent pictures, and how many more there are. */
export function drawPictures({
  placement,
  threads,
}: Partial<Artifacts>): Pick<StepSection, 'pictures' | 'morePictures'> {
  const pools = largestPools(threads);
  const alike = new Map<string, Alike>();
  for (const node of placement?.nodes ?? []) {
    const layout = placement?.layouts[node.layout ?? -1];
    const isPlaced = node.ranks.some(({ atStart, afterImports }) => atStart ?? afterImports);
    // Without cores nobody can say which are idle.
    if (!layout || layout.cores.length === 0 || !isPlaced) continue;
    const ranks = pictureRanks(node, pools);
    const key = JSON.stringify([node.layout, ranks]);
    const known = alike.get(key) ?? { layout, ranks, nodes: [] };
    alike.set(key, known);
    known.nodes.push(node.name);
  }
  const ordered = [...alike.values()].sort((a, b) => b.nodes.length - a.nodes.length);
  const pictures = ordered.slice(0, MOST_PICTURES).map(({ layout, ranks, nodes }) => ({
    nodes: nodes.slice(0, MOST_NAMES),
    count: nodes.length,
    cores: pictureCores(layout, ranks),
    ranks,
  }));
  return { pictures, morePictures: ordered.length - pictures.length };
}

/** Whether ranks share a core: hardware threads of one core are no cores of their own. */
export const hasSharedCores = ({ cores }: PlacementPicture): boolean =>
  cores.some(({ cpus }) => new Set(cpus.flatMap(({ localRanks }) => localRanks)).size > 1);
