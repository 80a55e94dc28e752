import { folderOf, join } from '#base';
import type { Recorded } from '../recorded.ts';
import type { Selection } from '../selection.ts';
import type { Rule } from './rule.ts';

/** Of all Python's own files it is 1 MB. */
const MOST_RECORD_BYTES = 16 * 1024 * 1024;
const MOST_FILE_BYTES = 64 * 1024;
const MOST_PACKAGE_BYTES = 256 * 1024;

/** What no program reads while it runs. */
const NOT_DATA =
  /^(include|man|info|conda-meta|ssl)\/|^share\/(doc|man|info|licenses|locale)\/|\.(py|pyc|pyi|h|hpp|a|la|pc|cmake|so)$|\.so\.\d/;

/** A package's files, as its installer noted them: https://docs.conda.io/projects/conda-build/en/stable/resources/package-spec.html */
function readFiles(bytes: Uint8Array): string[] {
  let text = '';
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  try {
    const { files } = JSON.parse(text) as { files?: unknown };
    return Array.isArray(files) ? files.filter((file) => typeof file === 'string' && !file.includes('..')) : [];
  } catch {
    return [];
  }
}

/** The small data of a package of which something is packed. */
async function addData(prefix: string, files: readonly string[], { places, files: packed, add }: Selection) {
  const paths = files.map((file) => join(prefix, file));
  if (!paths.some((path) => packed.has(path))) return;
  const data: string[] = [];
  let bytes = 0;
  for (const file of files) {
    if (NOT_DATA.test(file) || file.startsWith('bin/') || file.includes('site-packages/')) continue;
    const status = await places.status(join(prefix, file));
    if (status?.type !== 'file' || status.bytes > MOST_FILE_BYTES) continue;
    bytes += status.bytes;
    if (bytes > MOST_PACKAGE_BYTES) return;
    data.push(join(prefix, file));
  }
  for (const path of data) await add(path, ID);
}

async function addOf(prefix: string, selection: Selection): Promise<void> {
  const meta = join(prefix, 'conda-meta');
  for (const { name, type } of await selection.places.list(meta)) {
    if (type !== 'file' || !name.endsWith('.json')) continue;
    const record = await selection.places.read(join(meta, name), MOST_RECORD_BYTES);
    if (record) await addData(prefix, readFiles(record), selection);
  }
}

const ID = 'conda-packages';

export const condaPackages: Rule = {
  id: ID,
  reason: 'libraries of conda packages read small files below their prefix, by the path that was written into them',
  isNeeded: false,

  async apply(selection, { python }: Recorded) {
    const prefixes = new Set<string>();
    for (const name of [python.prefix, python.basePrefix, folderOf(folderOf(python.executable))]) {
      const place = await selection.places.find(name);
      if (place && selection.roots.of(place.path) !== undefined) prefixes.add(place.path);
    }
    for (const prefix of prefixes) await addOf(prefix, selection);
  },
};
