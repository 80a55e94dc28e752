import { formatCountOf } from '#base';
import type { Host } from '#host';
import { type Check, type ImageFile, type ImageManifest, isWithin } from '#schema';
import { check } from './check.ts';
import { eachOf } from './each-of.ts';
import type { Machine } from './machine.ts';

/** What was there at one moment, by path. */
export type Snapshot = ReadonlyMap<string, string>;

const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/')) || '/';

const hasOriginal = ({ path, made }: ImageFile) =>
  path.startsWith('/') && made !== 'added' && !isWithin(path, '/.pharos');

/** Packed files, and the folders that hold them: not those of the user's own code, where jobs may write. */
function pathsOf({ files, roots }: ImageManifest): string[] {
  const users = roots.filter(({ kind }) => kind === 'user').map(({ path }) => path);
  const others = roots.filter(({ kind }) => kind !== 'user').map(({ path }) => path);
  const isOfUser = (path: string) =>
    users.some((root) => isWithin(path, root)) && !others.some((root) => isWithin(path, root));
  const originals = files.filter(hasOriginal).map(({ path }) => path);
  const folders = originals.map(folderOf).filter((path) => !isOfUser(path));
  return [...new Set([...originals, ...folders])];
}

/** Size, time, permissions and identity of what is packed, in the original tree. */
export async function snapshotOriginals(manifest: ImageManifest, host: Host): Promise<Snapshot> {
  const entries = await eachOf(pathsOf(manifest), async (path) => {
    const status = await host.status(path);
    return [path, status.ok ? JSON.stringify(status.value ?? null) : status.failure.message] as const;
  });
  return new Map(entries);
}

async function changedSincePacked(file: ImageFile, { host, digest }: Machine): Promise<string | undefined> {
  // The run as it is writes to its caches.
  if (file.made !== undefined || file.layer === 'caches') return undefined;
  const status = await host.status(file.path);
  if (!status.ok || status.value === undefined) return `${file.path} is not there any more`;
  const found = await digest(file.path);
  if (!found.ok) return `${file.path}: ${found.failure.message}`;
  return found.value === file.digest ? undefined : `${file.path} has changed since it was packed`;
}

/** The run from the image left the original tree as it was, and packed files are what they are there. */
export async function checkOriginals(
  manifest: ImageManifest,
  before: Snapshot,
  after: Snapshot,
  machine: Machine,
): Promise<Check> {
  const lines = [...before.keys()]
    .filter((path) => before.get(path) !== after.get(path))
    .map((path) => `${path} was changed during the run from the image`);
  const since = await eachOf(manifest.files.filter(hasOriginal), (file) => changedSincePacked(file, machine));
  for (const line of since) if (line !== undefined) lines.push(line);
  const files = manifest.files.filter((file) => hasOriginal(file) && file.made === undefined).length;
  return check('originals', `${formatCountOf(files, 'file')}`, lines);
}
