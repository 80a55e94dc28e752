import { formatCountOf, pathBytes, type Result, success } from '#base';
import { type Check, type ImageFile, type ImageManifest, STAGE_TOKEN } from '#schema';
import { check } from './check.ts';
import { eachOf } from './each-of.ts';
import type { Machine } from './machine.ts';

/** Text files that name the stage are small; binaries with a prefix are libraries. */
const MOST_BYTES = 2 ** 30;

const asText = (bytes: Uint8Array) => {
  let text = '';
  // As many as a call takes arguments on every engine.
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return text;
};
const asBytes = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));
const inBytes = (path: string) => String.fromCharCode(...pathBytes(path));

/** A file that names the stage, as it was in the image. */
async function digestOfTemplate(path: string, stage: string, { host, digestOf }: Machine): Promise<Result<string>> {
  const read = await host.read(path, MOST_BYTES);
  if (!read.ok) return read;
  return success(digestOf(asBytes(asText(read.value).replaceAll(inBytes(stage), STAGE_TOKEN))));
}

/** Binaries are completed where they name their prefix: elsewhere they are as the original. */
async function isCompleted(
  { path }: ImageFile,
  staged: string,
  { prefixes }: ImageManifest,
  { host }: Machine,
): Promise<boolean> {
  const [before, after] = [await host.read(path, MOST_BYTES), await host.read(staged, MOST_BYTES)];
  if (!before.ok || !after.ok || before.value.length !== after.value.length) return false;
  const [original, copy] = [Uint8Array.from(before.value), Uint8Array.from(after.value)];
  for (const { path: of, offset, bytes } of prefixes) {
    if (of !== path) continue;
    original.fill(0, offset, offset + bytes);
    copy.fill(0, offset, offset + bytes);
  }
  return original.every((byte, at) => byte === copy[at]);
}

/** Where a packed file stands in a stage. */
const placeIn = (stage: string, path: string) => (path.startsWith('/') ? `${stage}${path}` : `${stage}/${path}`);

async function checkFile(file: ImageFile, stage: string, manifest: ImageManifest, machine: Machine) {
  const place = placeIn(stage, file.path);
  const changed = `${file.path} is not as it was packed`;
  if (file.made === 'prefix' && manifest.prefixes.some(({ path }) => path === file.path)) {
    return (await isCompleted(file, place, manifest, machine)) ? undefined : changed;
  }
  const isTemplate = file.made === 'template';
  const found = await (isTemplate ? digestOfTemplate(place, stage, machine) : machine.digest(place));
  if (!found.ok) return `${file.path}: ${found.failure.message}`;
  return found.value === file.digest ? undefined : changed;
}

/** Every file of the stage but the caches' is the one that was packed. `stage`: as `launch` wrote it into files that name it. */
export async function checkStage(stage: string, manifest: ImageManifest, machine: Machine): Promise<Check> {
  // Into the copies of caches the job may write.
  const checked = manifest.files.filter(({ layer }) => layer !== 'caches');
  const found = await eachOf(checked, (file) => checkFile(file, stage, manifest, machine));
  const files = formatCountOf(checked.length, 'file');
  return check(
    'stage',
    `${files} in ${stage}`,
    found.filter((line) => line !== undefined),
  );
}
