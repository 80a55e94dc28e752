import { join } from '#base';
import {
  type Metadata,
  type RecordEntry,
  readDirectUrl,
  readMetadata,
  readRecord,
  readUvBuild,
  readWheelFile,
  type WheelFile,
} from '#formats/wheel';
import type { Host } from '#host';
import type { Distribution } from '#schema';
import { readText } from './read-text.ts';

export interface ReadDistribution {
  readonly distribution: Distribution;
  /** Of its RECORD. */
  readonly entries: readonly RecordEntry[];
  readonly unknown: readonly { readonly what: string; readonly because: string }[];
}

/** `numpy-2.1.0.dist-info`; an egg's folder ends with the Python it is for. */
const NAME = /^(.+?)-([^-]+?)(?:-py\d\.\d+(?:-.+)?)?\.(?:dist-info|egg-info)$/;

async function readOptional<Value>(
  host: Host,
  path: string,
  read: (text: string) => { ok: true; value: Value } | { ok: false },
): Promise<Value | undefined> {
  const text = await readText(host, path);
  const value = text.ok ? read(text.value) : undefined;
  return value?.ok ? value.value : undefined;
}

function tagsOf({ tags }: Pick<WheelFile, 'tags'>): Pick<Distribution, 'platforms' | 'pythons' | 'abis'> {
  const all = (key: 'platforms' | 'pythons' | 'abis') => [...new Set(tags.flatMap((tag) => tag[key]))];
  return { platforms: all('platforms'), pythons: all('pythons'), abis: all('abis') };
}

async function readProvenance(host: Host, folder: string): Promise<Partial<Distribution>> {
  const origin = await readOptional(host, join(folder, 'direct_url.json'), readDirectUrl);
  const build = await readOptional(host, join(folder, 'uv_build.json'), readUvBuild);
  const installer = await readText(host, join(folder, 'INSTALLER'), 4096);
  const variables = build?.extraVariables ?? {};
  return {
    ...(installer.ok && installer.value.trim() !== '' ? { installer: installer.value.trim().slice(0, 100) } : {}),
    ...(origin ? { origin: { url: origin.url, kind: origin.kind, isEditable: origin.isEditable } } : {}),
    ...(Object.keys(variables).length > 0 ? { buildVariables: variables } : {}),
  };
}

/** What a metadata folder says; its name where its file does not. Undefined: it is no metadata folder's name. */
export async function readDistribution(
  host: Host,
  { path, site, name }: { readonly path: string; readonly site: number; readonly name: string },
): Promise<ReadDistribution | undefined> {
  const named = NAME.exec(name);
  if (!named) return undefined;
  const folder = join(path, name);
  const file = name.endsWith('.dist-info') ? 'METADATA' : 'PKG-INFO';
  const text = await readText(host, join(folder, file));
  const metadata = text.ok ? readMetadata(text.value) : text;
  const wheel = await readOptional(host, join(folder, 'WHEEL'), readWheelFile);
  const record = await readOptional(host, join(folder, 'RECORD'), readRecord);
  const known: Pick<Metadata, 'name' | 'version' | 'requires' | 'requiresPython'> = metadata.ok
    ? metadata.value
    : { name: named[1] ?? '', version: named[2] ?? '', requires: [] };
  const unknown = metadata.ok ? [] : [{ what: join(folder, file), because: metadata.failure.message }];
  return {
    unknown,
    entries: record?.entries ?? [],
    distribution: {
      ...{ name: known.name, version: known.version, site, metadata: name, requires: [...known.requires] },
      ...tagsOf(wheel ?? { tags: [] }),
      hasRecord: record !== undefined,
      ...(known.requiresPython === undefined ? {} : { requiresPython: known.requiresPython }),
      ...(wheel?.generator === undefined ? {} : { generator: wheel.generator }),
      ...(await readProvenance(host, folder)),
    },
  };
}
