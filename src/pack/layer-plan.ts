import { folderOf, pathBytes, VERSION } from '#base';
import type { FileStatus } from '#host';
import { LAYERS, type LayerName } from '#schema';
import { type BeginningPlace, type OwnFile, ownFiles } from './own-files.ts';
import type { Tree, TreeEntry } from './tree.ts';
import type { Digester, OwnParts } from './workshop.ts';

/** What one layer is made of. */
export interface LayerPlan {
  readonly name: LayerName;
  readonly entries: readonly TreeEntry[];
  readonly index: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly own: readonly OwnFile[];
  /** With the user's own code: modules that are not looked for beside it. */
  readonly absent: readonly string[];
  /** Digest of all that, and of what the file system tells of the originals. */
  readonly inputs: string;
}

const statusText = ({ type, mode, bytes, modified, identity }: FileStatus) => [type, mode, bytes, modified, identity];

function entryText(entry: TreeEntry): unknown {
  if (entry.kind === 'link') return [entry.kind, entry.path, entry.target];
  if (entry.kind === 'folder') return [entry.kind, entry.path];
  const { because, status, source } = entry.chosen;
  return [entry.kind, entry.path, because, statusText(status), source ?? entry.path];
}

interface Context {
  readonly digester: () => Digester;
  /** What each file's content depends on beside the file itself: roots, and the interpreter of the bytecode. */
  readonly surroundings: unknown;
  readonly parts: OwnParts;
  /** Where the staged interpreter finds its beginning. */
  readonly beginning: BeginningPlace | undefined;
  readonly absent: readonly string[];
}

function inputsOf(plan: Omit<LayerPlan, 'inputs'>, { digester, surroundings }: Context): string {
  const digest = digester();
  digest.update(pathBytes(JSON.stringify([VERSION, plan.name, surroundings, plan.index, plan.absent])));
  for (const entry of plan.entries) digest.update(pathBytes(`${JSON.stringify(entryText(entry))}\n`));
  for (const { path, bytes } of plan.own) {
    digest.update(pathBytes(`${path}\n`));
    digest.update(bytes);
  }
  return digest.digest();
}

/** The tree by layers, in their order; those with nothing in them are left out. */
export function planLayers(tree: Tree, context: Context): LayerPlan[] {
  return LAYERS.flatMap((name): LayerPlan[] => {
    const entries = tree.entries.filter(({ layer }) => layer === name);
    const own = name === 'start' ? ownFiles(context.parts, context.beginning) : [];
    if (entries.length === 0 && own.length === 0) return [];
    const index = Object.fromEntries([...(tree.indexes.get(name) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)));
    const plan = { name, entries, index, own, absent: name === 'user' ? context.absent : [] };
    return [{ ...plan, inputs: inputsOf(plan, context) }];
  });
}

/** Folders that must be there before what is in them, in their order. */
export function foldersOf(paths: Iterable<string>): string[] {
  const folders = new Set<string>();
  for (const path of paths) {
    for (let folder = folderOf(path); folder !== '/' && !folders.has(folder); folder = folderOf(folder)) {
      folders.add(folder);
    }
  }
  return [...folders].sort();
}
