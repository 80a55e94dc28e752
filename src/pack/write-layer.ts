import { inOrder, laterVersion, pathBytes, type Result, success } from '#base';
import type { ImageManifest } from '#schema';
import { type Content, readContent } from './content.ts';
import { foldersOf, type LayerPlan } from './layer-plan.ts';
import { type LayerWriter, layerWriter, type WrittenLayer } from './layer-writer.ts';
import type { Surroundings } from './relocate/index.ts';
import type { TreeEntry } from './tree.ts';
import type { Sink, Workshop } from './workshop.ts';

export interface LayerSources {
  readonly around: Surroundings;
  /** Where bytecode was made, by the place where it stands; one that could not be made is absent. */
  readonly bytecode: ReadonlyMap<string, string>;
  /** The same of what is of Pharos itself. */
  readonly ownBytecode: ReadonlyMap<string, string>;
  /** The index that was made for this layer. */
  readonly index: string;
  /** In binaries of the layers before: completed on the node. */
  readonly prefixes: ImageManifest['prefixes'];
  /** After each file. */
  progress(bytes: number): void;
}

export interface MadeLayer extends WrittenLayer {
  readonly prefixes: ImageManifest['prefixes'];
  readonly glibc?: string;
}

type FileEntry = Extract<TreeEntry, { kind: 'file' | 'bytecode' }>;

/** Longer than any module's bytecode. */
const MOST_BYTECODE_BYTES = 256 * 1024 * 1024;

async function contentOf(
  entry: FileEntry,
  { host }: Workshop,
  { around, bytecode }: LayerSources,
): Promise<Result<Content> | undefined> {
  if (entry.kind === 'file') return readContent(entry.path, entry.chosen, host, around);
  const made = bytecode.get(entry.path);
  if (made === undefined) return undefined;
  const read = await host.read(made, MOST_BYTECODE_BYTES);
  if (!read.ok) return read;
  const modified = Math.floor(entry.chosen.status.modified);
  return success({ bytes: read.value, mode: 0o644, modified, made: 'bytecode' });
}

/** JSON in ASCII: names that are not UTF-8 are escapes in it. */
function asciiJson(value: unknown): Uint8Array {
  const escaped = (character: string) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return pathBytes(JSON.stringify(value).replaceAll(/[^\0-\x7f]/g, escaped));
}

/** What Pharos adds of its own, and the list by which a kept stage replaces the layer. */
async function ownContents(plan: LayerPlan, { host }: Workshop, sources: LayerSources) {
  const made = { mode: 0o644, modified: 0, made: 'added' } as const;
  const index = await host.read(sources.index, MOST_BYTECODE_BYTES);
  if (!index.ok) return index;
  const bytecode: { path: string; content: Content }[] = [];
  if (plan.name === 'start' && sources.prefixes.length > 0) {
    bytecode.push({ path: '/.pharos/prefixes', content: { ...made, bytes: asciiJson(sources.prefixes) } });
  }
  for (const [path, target] of plan.name === 'start' ? sources.ownBytecode : []) {
    const read = await host.read(target, MOST_BYTECODE_BYTES);
    if (!read.ok) return read;
    bytecode.push({ path, content: { ...made, bytes: read.value } });
  }
  const paths = [
    ...plan.entries.flatMap(({ kind, path }) => (kind === 'folder' ? [] : [path])),
    ...[...plan.own, ...bytecode].map(({ path }) => path),
  ];
  return success([
    ...plan.own.map(({ path, bytes, isTemplate }) => ({
      path,
      content: { ...made, bytes, ...(isTemplate ? { made: 'template' as const } : {}) },
    })),
    ...bytecode,
    { path: `/.pharos/index/${plan.name}`, content: { ...made, bytes: index.value } },
    {
      path: `/.pharos/files/${plan.name}`,
      content: { ...made, bytes: pathBytes(paths.map((path) => `${path.slice(1)}\n`).join('')) },
    },
  ]);
}

type OwnContents = readonly { readonly path: string; readonly content: Content }[];

/** Folders, and what is of Pharos itself: before the files of the job. */
async function writeFront(plan: LayerPlan, own: OwnContents, writer: LayerWriter): Promise<Result<undefined>> {
  const folders = plan.entries.filter(({ kind }) => kind === 'folder').map(({ path }) => `${path}/.`);
  const paths = [...own, ...plan.entries].map(({ path }) => path);
  for (const folder of foldersOf([...paths, ...folders])) {
    const written = await writer.folder(folder);
    if (!written.ok) return written;
  }
  for (const { path, content } of own) {
    const written = await writer.file(path, 'start', content);
    if (!written.ok) return written;
  }
  return success(undefined);
}

const bytesOf = (entry: TreeEntry) => ('chosen' in entry ? entry.chosen.status.bytes : 0);

/** One layer, from what the machine has to the archive in the sink. */
export async function writeLayer(
  plan: LayerPlan,
  workshop: Workshop,
  sink: Sink,
  sources: LayerSources,
): Promise<Result<MadeLayer>> {
  const writer = layerWriter(plan.name, sink, workshop.digester);
  const prefixes: ImageManifest['prefixes'] = [];
  let glibc: string | undefined;
  const own = await ownContents(plan, workshop, sources);
  if (!own.ok) return own;
  const begun = await writeFront(plan, own.value, writer);
  if (!begun.ok) return begun;
  const entries = plan.entries.filter(({ kind }) => kind !== 'folder');
  const read = async (entry: TreeEntry) => ('chosen' in entry ? contentOf(entry, workshop, sources) : undefined);
  for await (const [entry, content] of inOrder(entries, bytesOf, read)) {
    const written = content && !content.ok ? content : await writeEntry(entry, content?.value, writer);
    if (!written.ok) return written;
    if (content?.ok) {
      prefixes.push(...(content.value.prefixes ?? []).map((prefix) => ({ path: entry.path, ...prefix })));
      glibc = laterVersion(glibc, content.value.glibc);
    }
    sources.progress(bytesOf(entry));
  }
  const ended = await writer.end();
  return ended.ok ? success({ ...ended.value, prefixes, ...(glibc === undefined ? {} : { glibc }) }) : ended;
}

async function writeEntry(
  entry: TreeEntry,
  content: Content | undefined,
  writer: LayerWriter,
): Promise<Result<undefined>> {
  if (entry.kind === 'link') return writer.link(entry.path, entry.target);
  if (entry.kind === 'folder' || content === undefined) return success(undefined);
  if (entry.kind === 'bytecode') return writer.file(entry.path, 'bytecode', content);
  const { bytes, modified } = entry.chosen.status;
  return writer.file(entry.path, entry.chosen.because, content, { bytes, modified });
}
