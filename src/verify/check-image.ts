import { formatBytes, formatCountOf, pathBytes, pathOfBytes } from '#base';
import { BLOCK_BYTES, type Check, type ImageLayer, type ImageManifest } from '#schema';
import { check } from './check.ts';
import { eachOf } from './each-of.ts';
import { findDamage } from './find-damage.ts';
import type { Machine } from './machine.ts';

/** The header is what `launch` knows of its image, and its program; longer ones are none of ours. */
const MOST_HEADER_BYTES = 64 * 2 ** 20;
const DIGEST = /^pharos_digest='([0-9a-f]{64})'$/m;
const LAYERS = /^pharos_layers='([^']*)'$/m;

const layerLine = ({ name, offset, bytes, digest, files }: ImageLayer) =>
  [name, offset / BLOCK_BYTES, bytes, digest, files].join('\t');

/** The digest of the header stands in it: it is taken with zeros there. */
function headerLines(header: Uint8Array, { digest, layers }: ImageManifest, machine: Machine): string[] {
  const text = pathOfBytes(header);
  const said = DIGEST.exec(text)?.[1];
  const found = machine.digestOf(pathBytes(text.replace(DIGEST, `pharos_digest='${'0'.repeat(64)}'`)));
  if (said === undefined || found !== said) return ['the header of launch is not as it was written'];
  if (said !== digest) return ['manifest.json is of another image than launch'];
  const listed = LAYERS.exec(text)?.[1];
  return listed === layers.map(layerLine).join('\n') ? [] : ['manifest.json tells of other layers than launch'];
}

async function checkHeader(launch: string, manifest: ImageManifest, machine: Machine): Promise<string[]> {
  const bytes = manifest.layers[0]?.offset ?? 0;
  if (bytes === 0 || bytes > MOST_HEADER_BYTES) return ['manifest.json does not say where the layers begin'];
  const header = await machine.readRange(launch, { offset: 0, bytes });
  return header.ok ? headerLines(header.value, manifest, machine) : [header.failure.message];
}

async function checkLayer(launch: string, layer: ImageLayer, manifest: ImageManifest, machine: Machine) {
  const { name, offset, bytes, digest } = layer;
  const found = await machine.digest(launch, { offset, bytes });
  if (!found.ok) return [`the layer ${name}: ${found.failure.message}`];
  if (found.value === digest) return [];
  const files = await findDamage(launch, layer, manifest, machine);
  const lines = files.map((path) => `${path} is not as it was packed`);
  return [`the layer ${name} is not as it was packed`, ...lines];
}

/** `launch`: its path. Each part of the image has the digest that it was packed with. */
export async function checkImage(launch: string, manifest: ImageManifest, machine: Machine): Promise<Check> {
  const { layers } = manifest;
  const lines = await checkHeader(launch, manifest, machine);
  const found = await eachOf(layers, (layer) => checkLayer(launch, layer, manifest, machine));
  lines.push(...found.flat());
  const bytes = layers.reduce((sum, layer) => sum + layer.bytes, 0);
  return check('image', `${formatCountOf(layers.length, 'layer')}, ${formatBytes(bytes)}`, lines);
}
