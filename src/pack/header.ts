import { failure, pathBytes, type Result, success, VERSION } from '#base';
import { BLOCK_BYTES, type ImageLayer } from '#schema';

/** What the program `launch` knows of its image. Lists are one item a line. */
export interface HeaderFacts {
  readonly architecture: string;
  readonly glibc: string;
  readonly python: string;
  readonly basePython: string;
  readonly isPythonPacked: boolean;
  readonly pythonVersion: string;
  readonly cacheTag: string;
  readonly roots: readonly string[];
  readonly userRoots: readonly string[];
  readonly templates: readonly string[];
  readonly hasPrefixes: boolean;
  /** `<bytes>\t<modified, whole seconds>\t<path>`, as `stat -L` tells them. */
  readonly userFiles: readonly string[];
  /** `<variable>\t<folder>`: a cache that the job finds in the stage. */
  readonly caches: readonly string[];
  readonly site: readonly string[];
  readonly transports: readonly string[];
}

export type HeaderLayer = Pick<ImageLayer, 'name' | 'offset' | 'bytes' | 'digest' | 'files' | 'unpackedBytes'>;

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;

function layerLine({ name, offset, bytes, digest, files }: HeaderLayer): string {
  return [name, offset / BLOCK_BYTES, bytes, digest, files].join('\t');
}

/** The assignments before the program. */
function assignments(facts: HeaderFacts, layers: readonly HeaderLayer[], digest: string): string {
  const lines = (items: readonly string[]) => items.join('\n');
  const values: readonly (readonly [name: string, value: string])[] = [
    ['digest', digest],
    ['architecture', facts.architecture],
    ['glibc', facts.glibc],
    ['python', facts.python],
    ['base_python', facts.basePython],
    ['python_packed', facts.isPythonPacked ? 'yes' : 'no'],
    ['python_version', facts.pythonVersion],
    ['python_tag', facts.cacheTag],
    ['stage_bytes', String(layers.reduce((bytes, { unpackedBytes }) => bytes + unpackedBytes, 0))],
    ['layers', lines(layers.map(layerLine))],
    ['roots', lines(facts.roots)],
    ['user_roots', lines(facts.userRoots)],
    ['templates', lines(facts.templates)],
    ['prefixes', facts.hasPrefixes ? 'yes' : ''],
    ['user_files', lines(facts.userFiles)],
    ['caches', lines(facts.caches)],
    ['site', lines(facts.site)],
    ['transports', lines(facts.transports)],
  ];
  return values.map(([name, value]) => `pharos_${name}=${quoted(value)}\n`).join('');
}

function headerText(facts: HeaderFacts, layers: readonly HeaderLayer[], digest: string): Uint8Array {
  return pathBytes(
    `#!/bin/sh\n# An image of Pharos ${VERSION}. Usage: launch [OPTION...] COMMAND [ARGUMENT...]; launch --help says more.\n${assignments(facts, layers, digest)}`,
  );
}

const MOST_NUMBER = 10 ** 15;

/** How many bytes the header takes, whatever the layers become; `templateBytes` is room for the list of templates. */
export function headerBytes(
  facts: HeaderFacts,
  layers: readonly string[],
  program: Uint8Array,
  templateBytes: number,
): number {
  const longest = layers.map((name) => ({
    name: name as HeaderLayer['name'],
    offset: MOST_NUMBER * BLOCK_BYTES,
    bytes: MOST_NUMBER,
    digest: '0'.repeat(64),
    files: MOST_NUMBER,
    unpackedBytes: MOST_NUMBER,
  }));
  const bytes = headerText(facts, longest, '0'.repeat(64)).length + program.length + templateBytes;
  return Math.ceil(bytes / BLOCK_BYTES) * BLOCK_BYTES;
}

/** The first blocks of `launch`: what it knows, the program, newlines up to `bytes`. `digestOf` makes the digest of all that but itself. */
export function writeHeader(
  facts: HeaderFacts,
  layers: readonly HeaderLayer[],
  program: Uint8Array,
  bytes: number,
  digestOf: (header: Uint8Array) => string,
): Result<{ readonly header: Uint8Array; readonly digest: string }> {
  const taken = headerText(facts, layers, '0'.repeat(64)).length + program.length;
  if (taken > bytes) {
    return failure({
      code: 'pack/header',
      message: `the list of files to complete takes ${taken - bytes} bytes too many`,
    });
  }
  const header = (digest: string) => {
    const text = headerText(facts, layers, digest);
    const whole = new Uint8Array(bytes).fill(0x0a);
    whole.set(text);
    whole.set(program, text.length);
    return whole;
  };
  const digest = digestOf(header('0'.repeat(64)));
  return success({ header: header(digest), digest });
}
