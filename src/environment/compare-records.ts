import { absolutePath, inOrder } from '#base';
import type { RecordEntry } from '#formats/wheel';
import type { Host } from '#host';
import { type Distribution, type Environment, isWithin, type NativeObject } from '#schema';
import type { Walked } from './walk-folder.ts';

// What RECORD files say is installed, held against what is there, and against each other.

/** The files of one distribution that lie in its folder of packages. */
export interface RecordedFiles {
  readonly distribution: number;
  readonly files: readonly { readonly path: string; readonly digest?: string; readonly bytes?: number }[];
}

type Gone = NonNullable<Distribution['gone']>;
type Overlap = NonNullable<Environment['overlaps']>[number];

const MOST_TOLD = 20;
/** Beyond these nobody needs the rest looked for. */
const MOST_ASKED = 50_000;

/** Bytecode is made anew where it is missing, and metadata are no part of a package. */
const isAside = (path: string): boolean => /(?:^|\/)__pycache__\/|\.(?:pyc|pyo)$|\.(?:dist|egg)-info\//.test(path);

/** Scripts and data outside of the folder of packages are left out: others move them, and say so nowhere. */
export function recordedFiles(site: string, distribution: number, entries: readonly RecordEntry[]): RecordedFiles {
  const files = entries.flatMap(({ path: written, hash, bytes }) => {
    const path = absolutePath(site, written);
    if (!isWithin(path, site) || isAside(path)) return [];
    return [{ path, ...(hash ? { digest: hash.digest } : {}), ...(bytes === undefined ? {} : { bytes }) }];
  });
  return { distribution, files };
}

const NATIVE = /\.so(?:\.[\w.]+)?$/;

/** What an import may ask for; tests are often left away on purpose. */
const isCode = (path: string): boolean => /\.py$|\.so(?:\.[\w.]+)?$/.test(path) && !/\/tests?\//.test(path);

/** Recorded files that are not there, by distribution. Below folders that could not be read nothing is known. */
export async function listGone(
  host: Host,
  records: readonly RecordedFiles[],
  { paths, links, unknown }: Pick<Walked, 'paths' | 'links' | 'unknown'>,
): Promise<ReadonlyMap<number, Gone>> {
  const isUnread = (path: string) => unknown.some(({ what }) => what !== path && isWithin(path, what));
  const isThere = (path: string) => paths.has(path) && !links.has(path);
  const doubtful = records.flatMap(({ distribution, files }) =>
    files.flatMap(({ path }) => (isThere(path) || isUnread(path) ? [] : [{ path, distribution }])),
  );
  const missing = new Map<number, string[]>();
  // What lies behind a folder that is a link was not walked; a link to a file leads nowhere where a cache was cleaned.
  const asked = inOrder(
    doubtful.slice(0, MOST_ASKED),
    () => 1,
    ({ path }) => host.realPath(path),
  );
  for await (const [{ path, distribution }, real] of asked) {
    if (!real.ok || real.value !== undefined) continue;
    missing.set(distribution, [...(missing.get(distribution) ?? []), path]);
  }
  const listed = new Map(records.map(({ distribution, files }) => [distribution, files.length]));
  return new Map([...missing].map(([one, gone]) => [one, tellGone(gone, listed.get(one) ?? 0)]));
}

function tellGone(gone: readonly string[], listed: number): Gone {
  const code = gone.filter(isCode);
  const others = gone.filter((path) => !isCode(path));
  return { files: gone.length, code: code.length, listed, some: [...code, ...others].slice(0, MOST_TOLD) };
}

/** Files that two distributions have recorded with different content: who was installed last wrote over the other. */
export function listOverlaps(records: readonly RecordedFiles[], objects: readonly NativeObject[]): Overlap[] {
  const first = new Map<string, { distribution: number; digest?: string; bytes?: number }>();
  const sizes = new Map(objects.map(({ path, bytes }) => [path, bytes]));
  const overlaps = new Map<string, Overlap>();
  for (const { distribution, files } of records) {
    for (const { path, digest, bytes } of files) {
      const other = first.get(path);
      const mine = { distribution, ...(digest && { digest }), ...(bytes !== undefined && { bytes }) };
      if (!other) first.set(path, mine);
      else if (other.distribution !== distribution && digest && other.digest && digest !== other.digest)
        addOverlap(overlaps, { path, claims: [other, mine], bytes: sizes.get(path) });
    }
  }
  return [...overlaps.values()];
}

interface Claim {
  readonly distribution: number;
  readonly bytes?: number;
}

function addOverlap(
  overlaps: Map<string, Overlap>,
  { path, claims, bytes }: { path: string; claims: readonly [Claim, Claim]; bytes: number | undefined },
): void {
  const [a, b] = claims;
  const key = `${a.distribution} ${b.distribution}`;
  const overlap = overlaps.get(key) ?? {
    ...{ distributions: [a.distribution, b.distribution] as [number, number], files: 0, natives: 0, some: [] },
  };
  const fitting = claims.filter((claim) => claim.bytes !== undefined && claim.bytes === bytes);
  const stands = fitting.length === 1 ? fitting[0] : undefined;
  const isNative = NATIVE.test(path);
  const row = { path, ...(stands ? { stands: stands.distribution } : {}) };
  // Extension modules first: what they are is told by their sizes.
  const some = isNative ? [row, ...overlap.some] : [...overlap.some, row];
  overlaps.set(key, {
    ...overlap,
    files: overlap.files + 1,
    natives: overlap.natives + Number(isNative),
    some: some.slice(0, MOST_TOLD),
  });
}
