import { absolutePath, comparePaths, folderOf, join, relativePath } from '#base';
import type { FolderEntry } from '#host';
import type { LayerName } from '#schema';
import { laterLayer, layerOf } from './layers.ts';
import type { Chosen, Selection } from './selection.ts';

/** What stands in the stage, by the path that it has without one. */
export type TreeEntry = { readonly path: string; readonly layer: LayerName } & (
  | { readonly kind: 'folder' }
  | { readonly kind: 'file'; readonly chosen: Chosen }
  | { readonly kind: 'bytecode'; readonly source: string; readonly chosen: Chosen }
  /** `isBack`: out of the stage, to the original. */
  | { readonly kind: 'link'; readonly target: string; readonly isBack: boolean }
);

/** As the staged finder reads it: 0 a packed file, 1 a packed folder, 2 and 3 a file and a folder that were left behind, 4 a library that was left for its cost. */
export type Kind = 0 | 1 | 2 | 3 | 4;

export interface Tree {
  /** In the order of paths: a folder before what is in it. */
  readonly entries: readonly TreeEntry[];
  /** Names in each folder of a root, by layer. */
  readonly indexes: ReadonlyMap<LayerName, ReadonlyMap<string, Readonly<Record<string, Kind>>>>;
}

interface Filled {
  readonly name: string;
  readonly kind: Kind;
  readonly entry?: TreeEntry;
}

/**
 * User code finds what lies beside it where it always was, by its original `__file__`: of its folders only what can be
 * imported has a place in the stage, and none of a hundred thousand results.
 */
const CODE = /\.(py|pyc|pyi|so|pth|zip|egg)$|\.so\.\d|\.(dist|egg)-info$/;

/** Bytecode that nothing would find is not led back to. */
const isOther = (name: string, cacheTag: string) => name.endsWith('.pyc') && !name.includes(`.${cacheTag}.`);

function isStaged(path: string, { files, folders }: Selection): boolean {
  return files.has(path) || folders.has(path);
}

/** The text of a link in the stage: relative where what it leads to is staged too, else to the original. */
async function linkEntry(path: string, text: string, layer: LayerName, selection: Selection): Promise<TreeEntry> {
  const place = await selection.places.find(path);
  const isWhole =
    place !== undefined &&
    isStaged(place.path, selection) &&
    place.links.every((link) => link.path === path || selection.links.has(link.path));
  // `python -> python3 -> /usr/bin/python3.11`: the first of them stays among its own.
  const isNext = selection.links.has(absolutePath(folderOf(path), text));
  if (!isWhole && !isNext) return { kind: 'link', path, layer, target: path, isBack: true };
  const target = text.startsWith('/') ? relativePath(folderOf(path), absolutePath('/', text)) : text;
  return { kind: 'link', path, layer, target, isBack: false };
}

/** A link that was used, out of all roots: `bin/python -> /usr/bin/python3.11` leads where it always led. */
function usedLink(entry: TreeEntry, text: string): TreeEntry {
  if (entry.kind !== 'link' || !entry.isBack) return entry;
  return { ...entry, target: text.startsWith('/') ? text : absolutePath(folderOf(entry.path), text) };
}

async function fillLink(path: string, name: string, layer: LayerName, selection: Selection): Promise<Filled> {
  const { places, links } = selection;
  const place = await places.find(path);
  const isFolder = place?.status.type === 'folder';
  const used = links.get(path);
  const text = used ?? place?.links.find((link) => link.path === path)?.target;
  if (text === undefined) {
    return { name, kind: 2, entry: { kind: 'link', path, layer, target: path, isBack: true } };
  }
  const made = await linkEntry(path, text, layer, selection);
  const entry = used === undefined ? made : usedLink(made, text);
  const isBack = entry.kind === 'link' && entry.isBack;
  const left = selection.left.has(place?.path ?? '') ? 4 : 2;
  return { name, kind: isFolder ? (isBack ? 3 : 1) : isBack ? left : 0, entry };
}

async function fill(
  folder: string,
  { name, type }: FolderEntry,
  layer: LayerName,
  { selection, bytecode, folders }: Ground,
): Promise<Filled | undefined> {
  const path = join(folder, name);
  if (selection.files.has(path) || bytecode.has(path)) return { name, kind: 0 };
  if (folders.has(path)) return { name, kind: 1 };
  if (type === 'link') return fillLink(path, name, layer, selection);
  if (type === 'other') return undefined;
  const left = selection.left.has(path) ? 4 : 2;
  return {
    name,
    kind: type === 'folder' ? 3 : left,
    entry: { kind: 'link', path, layer, target: path, isBack: true },
  };
}

/** A folder is of the latest layer of what is packed in it, so that an earlier one stays as it is. */
function folderLayers({ selection, bytecode }: Plot): Map<string, LayerName> {
  const layers = new Map<string, LayerName>();
  const add = (path: string, source: string) => {
    const root = selection.roots.of(source);
    if (!root) return;
    const folder = folderOf(path);
    const layer = layerOf(source, root);
    layers.set(folder, laterLayer(layers.get(folder) ?? layer, layer));
  };
  for (const path of selection.files.keys()) add(path, path);
  for (const [path, source] of bytecode) add(path, source);
  for (const folder of selection.folders) {
    const root = selection.roots.of(folder);
    if (root && !layers.has(folder)) layers.set(folder, layerOf(folder, root));
  }
  return layers;
}

/** What a tree grows from. */
export interface Plot {
  readonly selection: Selection;
  /** Where bytecode stands: its source. */
  readonly bytecode: ReadonlyMap<string, string>;
  /** Of the interpreter's bytecode, as in `cpython-311`. */
  readonly cacheTag: string;
}

/** With all folders that are made, those of bytecode too. */
interface Ground extends Plot {
  readonly folders: ReadonlySet<string>;
}

async function fillFolder(folder: string, layer: LayerName, plot: Ground): Promise<Filled[]> {
  const isCache = folder.endsWith('/__pycache__');
  const listed = await plot.selection.places.list(folder);
  const isUser = plot.selection.roots.of(folder)?.kind === 'user';
  const wanted = listed.filter(({ name, type }) => {
    if (name.includes('\n')) return false;
    if (isUser && type === 'file' && !CODE.test(name)) return plot.selection.files.has(join(folder, name));
    return !isCache || !isOther(name, plot.cacheTag);
  });
  const filled = await Promise.all(wanted.map((entry) => fill(folder, entry, layer, plot)));
  return filled.filter((one) => one !== undefined);
}

function listFiles({ selection: { files, roots }, bytecode }: Plot): TreeEntry[] {
  const entries: TreeEntry[] = [];
  for (const [path, chosen] of files) {
    const root = roots.of(path);
    if (root) entries.push({ kind: 'file', path, layer: layerOf(path, root), chosen });
  }
  for (const [path, source] of bytecode) {
    const root = roots.of(source);
    const chosen = files.get(source);
    if (root && chosen) entries.push({ kind: 'bytecode', path, layer: layerOf(source, root), source, chosen });
  }
  return entries;
}

/** Everything that stands in the stage. */
export async function growTree(plot: Plot): Promise<Tree> {
  const { links, roots } = plot.selection;
  const layers = folderLayers(plot);
  const folders = new Set([...plot.selection.folders, ...layers.keys()]);
  const ground = { ...plot, folders };
  const entries = listFiles(plot);
  const indexes = new Map<LayerName, Map<string, Readonly<Record<string, Kind>>>>();
  const fillOne = async (folder: string): Promise<void> => {
    const layer = layers.get(folder);
    if (layer === undefined) return;
    const filled = await fillFolder(folder, layer, ground);
    for (const { entry } of filled) if (entry) entries.push(entry);
    entries.push({ kind: 'folder', path: folder, layer });
    const ofLayer = indexes.get(layer) ?? new Map<string, Readonly<Record<string, Kind>>>();
    indexes.set(layer, ofLayer.set(folder, Object.fromEntries(filled.map(({ name, kind }) => [name, kind]))));
  };
  await Promise.all([...folders].map(fillOne));
  for (const [path, text] of links) {
    // Above the roots: another name of a folder on the way to one.
    if (roots.of(path) === undefined) entries.push(await linkEntry(path, text, 'start', plot.selection));
  }
  return { entries: entries.sort((a, b) => comparePaths(a.path, b.path)), indexes };
}
