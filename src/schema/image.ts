import * as z from 'zod';

// `manifest.json` of an image: what `pharos pack` put into it. docs/decisions/0007-image-and-stage.md says how it is laid out.

const Path = z.string().min(1).max(4096);
const Digest = z.string().regex(/^[0-9a-f]{64}$/, 'a digest is SHA-256 in hexadecimal');
const Bytes = z.int().nonnegative();

/** In order of their rate of change, as they stand in `launch`. `start` is what Pharos itself adds. */
export const LAYERS = ['interpreter', 'dependencies', 'caches', 'start', 'user'] as const;
export const LayerName = z.enum(LAYERS);
export type LayerName = z.infer<typeof LayerName>;

/** A folder whose tree is staged. */
export const ImageRoot = z.strictObject({
  path: Path,
  /** `user`: its modules keep their original `__file__`. `cache`: a copy that the job may write to. */
  kind: z.enum(['interpreter', 'environment', 'libraries', 'cache', 'user']),
});
export type ImageRoot = z.infer<typeof ImageRoot>;

export const ImageLayer = z.strictObject({
  name: LayerName,
  /** Of the tar archive, `bytes` long, without the filling up to the next block. */
  digest: Digest,
  /** Of all that it is made from, as the file system told of it: while that is the same, the layer is taken over unread. */
  inputs: Digest,
  /** Where it begins in `launch`: a multiple of BLOCK_BYTES. */
  offset: Bytes,
  bytes: Bytes,
  /** What it takes on a node. */
  unpackedBytes: Bytes,
  files: Bytes,
  links: Bytes,
});
export type ImageLayer = z.infer<typeof ImageLayer>;

/** Of `launch`: its header and each layer begin at one. */
export const BLOCK_BYTES = 65_536;

export const ImageFile = z.strictObject({
  path: Path,
  layer: LayerName,
  /** Of the content in the image. A template's is that before the stage's folder is filled in. */
  digest: Digest,
  bytes: Bytes,
  /** Why it is there: `traced`, or the rule that added it. */
  because: z.string().min(1).max(100),
  /** How it differs from the original. Absent: byte for byte the same. */
  made: z.enum(['bytecode', 'search-path', 'prefix', 'script', 'template', 'added']).optional(),
  /** Of the original, seconds since 1970 with a fraction, and its size: what `launch` compares for user code. */
  original: z.strictObject({ bytes: Bytes, modified: z.number() }).optional(),
});
export type ImageFile = z.infer<typeof ImageFile>;

/** A library that the job loads and the image leaves to the site: MPI, fabric, driver, system. */
export const SiteLibrary = z.strictObject({
  path: Path,
  soname: z.string().max(255).optional(),
  bytes: Bytes.optional(),
});

/** Seconds; as in reports. */
const Modelled = z.strictObject({ low: z.number(), likely: z.number(), high: z.number() });

/** A library that the job loads and that stays where it is: bringing all of it to each node costs more than reading there what a start touches. */
export const LeftLibrary = z.strictObject({
  path: Path,
  bytes: Bytes,
  /** The size that was asked for. */
  nodes: z.int().positive(),
  ranksPerNode: z.int().positive(),
  /** By how much longer a start would take with it in the image. */
  packedSeconds: Modelled,
  /** By how much longer a start takes that reads what it touches. */
  readSeconds: Modelled,
});
export type LeftLibrary = z.infer<typeof LeftLibrary>;

export const ImageManifest = z.strictObject({
  format: z.literal('pharos-image'),
  version: z.literal(1),
  made: z.strictObject({ pharos: z.string().max(50) }),
  /** Names the stage: of the layers' digests and of the header of `launch`. */
  digest: Digest,
  machine: z.strictObject({
    /** As `uname -m` says it. */
    architecture: z.string().max(50),
    /** The least glibc that the packed ELF files ask for, as `2.28`. Absent where none asks. */
    glibc: z.string().max(20).optional(),
  }),
  python: z.strictObject({
    version: z.string().max(50),
    /** As in `cpython-311`. */
    cacheTag: z.string().max(50),
    executable: Path,
    prefix: Path,
    basePrefix: Path,
    /** Whether the base interpreter and its standard library are in the image; else each node has its own. */
    packed: z.boolean(),
  }),
  /** The script that the recorded job started. */
  script: Path.optional(),
  roots: z.array(ImageRoot),
  layers: z.array(ImageLayer),
  files: z.array(ImageFile),
  /** Paths, as in `files`, that hold the token STAGE_TOKEN. */
  templates: z.array(Path),
  /** Binaries with an embedded prefix that is completed on the node: where it stands and how long it may become. */
  prefixes: z.array(z.strictObject({ path: Path, prefix: Path, offset: Bytes, bytes: Bytes })),
  site: z.array(SiteLibrary),
  /** In the order of their size. Absent where there is none. */
  left: z.array(LeftLibrary).optional(),
});
export type ImageManifest = z.infer<typeof ImageManifest>;

/** Stands for the stage's folder in a text file that must name it. */
export const STAGE_TOKEN = '@PHAROS-STAGE@';
