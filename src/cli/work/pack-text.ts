import { formatBytes, formatCountOf, formatPercent, printable } from '#base';
import type { BuiltImage, ImagePlan } from '#pack';
import type { ImageManifest, WeighedLibrary } from '#schema';
import { COLUMNS, largeLibraryLines, shortened, wrapped } from './large-library-text.ts';

const MOST_LARGE = 5;
/** Smaller ones are not worth a decision. */
const LEAST_LARGE_SHARE = 0.03;
const MOST_NAMED = 4;

function sumOf<T>(items: readonly T[], bytesOf: (item: T) => number): number {
  return items.reduce((sum, item) => sum + bytesOf(item), 0);
}

function listLayers({ layers }: ImageManifest, kept: readonly string[]): string[] {
  return layers.map(({ name, files, links, bytes }) => {
    const content = `${formatCountOf(files, 'file').padStart(12)}${formatCountOf(links, 'link').padStart(12)}`;
    const note = kept.includes(name) ? '  as it was' : '';
    return `  ${name.padEnd(13)}${content}${formatBytes(bytes).padStart(10)}${note}`;
  });
}

function listLarge({ files }: ImageManifest): string[] {
  const all = sumOf(files, ({ bytes }) => bytes);
  const large = files
    .filter(({ bytes }) => bytes > all * LEAST_LARGE_SHARE)
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, MOST_LARGE);
  if (large.length === 0) return [];
  const lines = large.map(({ path, bytes }) => {
    const start = `  ${formatBytes(bytes).padStart(8)} ${formatPercent(bytes / all).padStart(5)}  `;
    return start + shortened(path, COLUMNS - start.length);
  });
  return ['Largest files:', ...lines];
}

/** What rules added to what was traced. */
function listAdded({ files }: ImageManifest): string[] {
  const counts = new Map<string, number>();
  for (const { because } of files) counts.set(because, (counts.get(because) ?? 0) + 1);
  for (const own of ['traced', 'bytecode', 'start']) counts.delete(own);
  if (counts.size === 0) return [];
  const added = [...counts].map(([because, count]) => `${count} by ${because}`);
  return [wrapped(`Files added to those traced: ${added.join(', ')}.`)];
}

function listSite({ selected: { selection } }: ImagePlan, { site }: ImageManifest): string[] {
  const names = (paths: readonly string[]) => {
    const all = [...new Set(paths.map((path) => path.slice(path.lastIndexOf('/') + 1)))];
    return all.length > MOST_NAMED ? `${all.slice(0, MOST_NAMED).join(', ')} …` : all.join(', ');
  };
  const lines: string[] = [];
  for (const kind of new Set(selection.site.values())) {
    const paths = [...selection.site].filter(([, each]) => each === kind).map(([path]) => path);
    lines.push(wrapped(`Left to the site (${kind}): ${names(paths)}.`));
  }
  const others = site.filter(({ path }) => !selection.site.has(path)).length;
  if (others > 0)
    lines.push(wrapped(`${formatCountOf(others, 'library', 'libraries')} of the system stay each node's own.`));
  return lines;
}

function listCaches({ selected: { caches } }: ImagePlan): string[] {
  return caches.map(({ name, folder, variable, bytes, isLeft }) =>
    wrapped(
      isLeft
        ? `The cache of ${name} in ${folder} is too large (${formatBytes(bytes)}): it stays where it is.`
        : `The cache of ${name} is packed as it is now (${formatBytes(bytes)} of ${folder}); the job finds it by ${variable}.`,
    ),
  );
}

function listDoubts({ gone, newer }: ImagePlan): string[] {
  const lines: string[] = [];
  const some = (paths: readonly string[]) => `${paths.slice(0, 2).join(', ')}${paths.length > 2 ? ' …' : ''}`;
  if (gone.length > 0) {
    lines.push(wrapped(`Not there any more since the recording, and not packed: ${some(gone)} (${gone.length}).`));
  }
  if (newer.length > 0) {
    lines.push(
      wrapped(
        `Changed since the recording: ${some(newer)} (${newer.length}). What they use anew was not seen; it is taken from where it is.`,
      ),
    );
  }
  return lines;
}

/** What is in an image, in 80 columns; `weighed`: its very large libraries, and those that were left. */
export function renderPackText(
  image: string,
  plan: ImagePlan,
  { manifest, kept }: BuiltImage,
  weighed: readonly WeighedLibrary[],
): string {
  const stage = sumOf(manifest.layers, ({ unpackedBytes }) => unpackedBytes);
  const size = sumOf(manifest.layers, ({ bytes }) => bytes);
  const { python } = manifest;
  const interpreter = python.packed ? 'with its interpreter' : `on each node's own ${plan.facts.basePython}`;
  return printable(
    [
      wrapped(`${image}: ${formatBytes(size)}, Python ${python.version} ${interpreter}`),
      ...listLayers(manifest, kept),
      wrapped(`Each node takes ${formatBytes(stage)} of its own storage; of its memory, where that is a tmpfs.`),
      ...listLarge(manifest),
      ...largeLibraryLines(manifest, weighed),
      ...listAdded(manifest),
      ...listCaches(plan),
      ...listSite(plan, manifest),
      ...listDoubts(plan),
      '',
    ].join('\n'),
  );
}
