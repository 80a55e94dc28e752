import { failure, join, laterVersion, type Result, success, VERSION } from '#base';
import type { ImageFile, ImageLayer, ImageManifest } from '#schema';
import { type HeaderFacts, headerBytes, writeHeader } from './header.ts';
import type { LayerPlan } from './layer-plan.ts';
import { ownBytecode } from './own-files.ts';
import type { ImagePlan } from './plan-image.ts';
import type { Sink, Workshop } from './workshop.ts';
import { writeLayer } from './write-layer.ts';

/** What an image is made of, layer by layer: taken over, or new. */
interface Made {
  readonly layers: ImageLayer[];
  readonly files: ImageFile[];
  readonly prefixes: ImageManifest['prefixes'];
  /** The least that any of its libraries and programs asks for. */
  glibc: string | undefined;
}

/** Layers at the front that are as they were, at the same place. */
function keptLayers(plan: ImagePlan, header: number, old: ImageManifest | undefined): ImageLayer[] {
  const kept: ImageLayer[] = [];
  let offset = header;
  for (const [at, { name, inputs }] of plan.layers.entries()) {
    const before = old?.layers[at];
    if (before?.name !== name || before.inputs !== inputs || before.offset !== offset) break;
    kept.push(before);
    offset += before.bytes;
  }
  return kept;
}

function takeOver(kept: readonly ImageLayer[], old: ImageManifest | undefined, left: ImagePlan['left']): Made {
  const names = new Set(kept.map(({ name }) => name));
  const files = old?.files.filter(({ layer }) => names.has(layer)) ?? [];
  const paths = new Set(files.map(({ path }) => path));
  const glibc = laterVersion(left.glibc, kept.length > 0 ? old?.machine.glibc : undefined);
  return { layers: [...kept], files, glibc, prefixes: old?.prefixes.filter(({ path }) => paths.has(path)) ?? [] };
}

interface PreparedPlan {
  /** Made bytecode, by the place where it stands. */
  readonly bytecode: ReadonlyMap<string, string>;
  readonly ownBytecode: ReadonlyMap<string, string>;
  readonly indexes: ReadonlyMap<string, string>;
}

/** Bytecode and indexes of the layers that are new, by the job's own interpreter. */
async function prepare(
  plan: ImagePlan,
  layers: readonly LayerPlan[],
  workshop: Workshop,
): Promise<Result<PreparedPlan>> {
  const { python } = plan.recorded;
  const user = plan.facts.userRoots;
  const wanted = layers.flatMap(({ entries }) => entries.filter((entry) => entry.kind === 'bytecode'));
  const targets = wanted.map((entry, at) => ({ entry, target: join(workshop.folder, `${at}.pyc`) }));
  const indexes = layers.map(({ name, index, absent }) => ({
    name,
    target: join(workshop.folder, `${name}.index`),
    index: { version: 1, folders: index, user, absent },
  }));
  const ours = layers.some(({ name }) => name === 'start') ? plan.parts.staged : [];
  const own = ours.map(({ name }) => ({
    source: join(plan.parts.folder, name),
    target: join(workshop.folder, `${name}.pyc`),
    path: ownBytecode(name, plan.cacheTag),
  }));
  const prepared = await workshop.prepare(python.executable, {
    bytecode: [
      ...targets.map(({ entry, target }) => ({ source: entry.chosen.source ?? entry.source, target })),
      ...own.map(({ source, target }) => ({ source, target })),
    ],
    indexes: indexes.map(({ target, index }) => ({ target, index })),
  });
  if (!prepared.ok) return prepared;
  const { version, cacheTag, bytecode } = prepared.value;
  if (version !== python.version) {
    return failure({
      code: 'pack/other-python',
      message: `${python.executable} is Python ${version}, and was ${python.version} when the job was recorded`,
      hint: 'Record the job again.',
    });
  }
  const isUsable = cacheTag === plan.cacheTag;
  const made = targets.filter((_, at) => isUsable && bytecode[at]?.state !== 'failed');
  return success({
    bytecode: new Map(made.map(({ entry, target }) => [entry.path, target])),
    ownBytecode: new Map(own.map(({ path, target }) => [path, target])),
    indexes: new Map(indexes.map(({ name, target }) => [name, target])),
  });
}

async function writeLayers(
  plan: ImagePlan,
  made: Made,
  at: number,
  workshop: Workshop,
  sink: Sink,
): Promise<Result<undefined>> {
  const fresh = plan.layers.slice(made.layers.length);
  if (fresh.length === 0) return success(undefined);
  const prepared = await prepare(plan, fresh, workshop);
  if (!prepared.ok) return prepared;
  const { bytecode, ownBytecode: own, indexes } = prepared.value;
  let offset = at;
  let done = 0;
  const progress = (bytes: number) => {
    done += bytes;
    workshop.progress(done, plan.bytes);
  };
  for (const layer of fresh) {
    const index = indexes.get(layer.name) ?? '';
    const written = await writeLayer(layer, workshop, sink, {
      around: plan.around,
      ownBytecode: own,
      prefixes: made.prefixes,
      bytecode,
      index,
      progress,
    });
    if (!written.ok) return written;
    const { digest, bytes, unpackedBytes, links, files, prefixes, glibc } = written.value;
    const { name, inputs } = layer;
    made.layers.push({ name, digest, inputs, offset, bytes, unpackedBytes, files: files.length, links });
    made.files.push(...files);
    made.prefixes.push(...prefixes);
    made.glibc = laterVersion(made.glibc, glibc);
    offset += bytes;
  }
  return success(undefined);
}

function manifestOf(plan: ImagePlan, facts: HeaderFacts, made: Made, digest: string): ImageManifest {
  const { python, script, libraries } = plan.recorded;
  const site = new Set([...facts.site, ...plan.selected.selection.site.keys()]);
  return {
    format: 'pharos-image',
    version: 1,
    made: { pharos: VERSION },
    digest,
    machine: { architecture: facts.architecture, ...(facts.glibc === '' ? {} : { glibc: facts.glibc }) },
    python: {
      version: python.version,
      cacheTag: plan.cacheTag,
      executable: python.executable,
      prefix: python.prefix,
      basePrefix: python.basePrefix,
      packed: facts.isPythonPacked,
    },
    ...(script === undefined ? {} : { script }),
    roots: [...plan.selected.selection.roots.all],
    layers: made.layers,
    files: made.files,
    templates: [...facts.templates],
    prefixes: made.prefixes,
    site: [...site].sort().map((path) => {
      const library = libraries.find((each) => each.path === path);
      return {
        path,
        ...(library?.soname === undefined ? {} : { soname: library.soname }),
        ...(library?.bytes === undefined ? {} : { bytes: library.bytes }),
      };
    }),
    ...(plan.left.libraries.length === 0 ? {} : { left: [...plan.left.libraries] }),
  };
}

export interface BuiltImage {
  readonly manifest: ImageManifest;
  /** Layers that were taken over from the image that was there. */
  readonly kept: readonly string[];
}

/** Writes `launch` into the sink. Layers at the front that would be the same are taken over from `old`. */
export async function buildImage(
  plan: ImagePlan,
  workshop: Workshop,
  sink: Sink,
  old: ImageManifest | undefined,
): Promise<Result<BuiltImage>> {
  const { parts, layers } = plan;
  const names = layers.map(({ name }) => name);
  const bytes = headerBytes(plan.facts, names, parts.program, plan.templateBytes);
  const kept = keptLayers(plan, bytes, old);
  const made = takeOver(kept, old, plan.left);
  const begin = bytes + kept.reduce((sum, layer) => sum + layer.bytes, 0);
  const begun = await sink.begin(begin);
  if (!begun.ok) return begun;
  const written = await writeLayers(plan, made, begin, workshop, sink);
  if (!written.ok) return written;
  const templates = made.files.filter(({ made: how }) => how === 'template').map(({ path }) => path.slice(1));
  const facts = { ...plan.facts, glibc: made.glibc ?? '', templates, hasPrefixes: made.prefixes.length > 0 };
  const ended = writeHeader(facts, made.layers, parts.program, bytes, (text) => {
    const digester = workshop.digester();
    digester.update(text);
    return digester.digest();
  });
  if (!ended.ok) return ended;
  const { header, digest } = ended.value;
  const placed = await sink.writeAt(0, header);
  if (!placed.ok) return placed;
  return success({ manifest: manifestOf(plan, facts, made, digest), kept: kept.map(({ name }) => name) });
}
