import { sum } from '#base';
import type { StartArtifacts } from '#scale';
import type { Cost, Evidence, ImportNode } from '#schema';
import { type ImportTree, madeFor } from './import-tree.ts';
import { type SharedStorage, sharedStorage } from './shared-storage.ts';
import { NOTEWORTHY_LOCAL_SECONDS, NOTEWORTHY_OPERATIONS, NOTEWORTHY_SHARE } from './weight.ts';

/** What imports take on one rank, without the imports inside them. */
export interface Weight {
  readonly seconds: number;
  /** File operations that name a path: what a file system is asked for, whatever is then read. */
  readonly operations: number;
  /** Of the start's time or of its file operations, whichever is larger. */
  readonly share: number;
}

/** Operations on a file that is open already. */
const ON_OPEN_FILES: ReadonlySet<string> = new Set(['fstat', 'read', 'readdir', 'map', 'close', 'write', 'lock']);

export interface ImportWeights {
  readonly shared: SharedStorage;
  weigh(imports: ReadonlySet<number>): Weight;
  /** Whether it is a part of the start that a reader should know of, whatever the scale. */
  standsOut(weight: Weight, share?: number): boolean;
  /** The same by what was counted, which does not depend on how busy the node was. */
  standsOutByOperations(weight: Weight, share?: number): boolean;
  /** What the job would save per start without these imports. */
  costOf(imports: ReadonlySet<number>): Cost;
  /** Metadata requests per node that are made for these imports only. */
  requestsOf(imports: ReadonlySet<number>): number;
  row(node: ImportNode, pulledInBy: readonly string[]): Extract<Evidence, { kind: 'modules' }>['rows'][number];
}

export function importWeights(artifacts: StartArtifacts, tree: ImportTree): ImportWeights {
  const shared = sharedStorage(artifacts);
  const secondsOf = new Map(tree.nodes.map(({ id, selfSeconds }) => [id, selfSeconds]));
  const operationsOf = new Map<number, number>();
  for (const access of artifacts.accesses.accesses) {
    if (access.phase !== 'start' || ON_OPEN_FILES.has(access.operation)) continue;
    operationsOf.set(access.import, (operationsOf.get(access.import) ?? 0) + access.count);
  }
  const allOperations = sum([...operationsOf.values()], (count) => count);
  const allSeconds = artifacts.run.observed[0]?.startSeconds ?? sum(tree.nodes, ({ selfSeconds }) => selfSeconds);

  const secondsIn = (imports: ReadonlySet<number>) => sum([...imports], (id) => secondsOf.get(id) ?? 0);
  const isSlow = ({ seconds }: Weight, share: number) =>
    seconds >= NOTEWORTHY_LOCAL_SECONDS && part(seconds, allSeconds) >= share;
  const isBusy = ({ operations }: Weight, share: number) =>
    operations >= NOTEWORTHY_OPERATIONS && part(operations, allOperations) >= share;
  return {
    shared,
    weigh(imports) {
      const seconds = secondsIn(imports);
      const operations = sum([...imports], (id) => operationsOf.get(id) ?? 0);
      const share = Math.max(part(seconds, allSeconds), part(operations, allOperations));
      return { seconds, operations, share };
    },
    standsOut: (weight, share = NOTEWORTHY_SHARE) => isSlow(weight, share) || isBusy(weight, share),
    standsOutByOperations: (weight, share = NOTEWORTHY_SHARE) => isBusy(weight, share),
    costOf(imports) {
      const lumps = sum([...imports], (id) => lumpOf(secondsOf.get(id) ?? 0));
      const cost = shared.model.saving(madeFor(imports), secondsIn(imports) - lumps);
      return { ...cost, value: cost.value + lumps, high: cost.high + lumps };
    },
    requestsOf: (imports) => shared.model.requests().metadata - shared.model.requests(madeFor(imports)).metadata,
    row: (node, pulledInBy) => ({
      module: node.module,
      selfSeconds: node.selfSeconds,
      totalSeconds: node.totalSeconds,
      pulledInBy: [...pulledInBy],
    }),
  };
}

/**
 * Time in one piece that no queue hides. The model lets a rank's own time overlap with others' requests; but ranks that
 * start together and are served in turn reach the same line within one round of requests, far less than this, and then
 * all of them are busy with it while the server waits. Shorter times are left to the model.
 */
const lumpOf = (seconds: number) => (seconds >= NOTEWORTHY_LOCAL_SECONDS ? seconds : 0);

const part = (amount: number, whole: number) => (whole > 0 ? Math.min(amount / whole, 1) : 0);
