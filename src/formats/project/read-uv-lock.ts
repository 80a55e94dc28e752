import { type Failure, failure, type Result, success } from '#base';
import { fieldOf, listOf, objectOf, present, textOf, textsOf } from '../json-fields.ts';
import { fileOf, filesOf, type Lock, type LockedPackage, type LockedSource, locationOf } from './lock.ts';
import { readToml } from './read-toml.ts';

const wrong = (message: string): Result<never> => failure<Failure>({ code: 'formats/lock', message });

const KINDS: readonly (readonly [field: string, kind: LockedSource['kind']])[] = [
  ['registry', 'index'],
  ['git', 'repository'],
  ['url', 'archive'],
  ['path', 'archive'],
  ['directory', 'folder'],
  ['editable', 'folder'],
  ['virtual', 'folder'],
];

function sourceOf(value: unknown): LockedSource {
  const fields = objectOf(value) ?? {};
  const [field, kind] = KINDS.find(([name]) => fieldOf(fields, name) !== undefined) ?? [];
  if (field === undefined || kind === undefined) return { kind: 'unknown', isEditable: false };
  return { kind, isEditable: field === 'editable', ...present({ location: locationOf(fields, [field]) }) };
}

/** Where a project has several versions of a package, each says by `resolution-markers` where it is taken. */
function markerOf(value: unknown): string | undefined {
  const markers = textsOf(value);
  return markers.length === 0 ? undefined : markers.map((one) => `(${one})`).join(' or ');
}

function packageOf(value: unknown): LockedPackage | undefined {
  const fields = objectOf(value) ?? {};
  const name = textOf(fieldOf(fields, 'name'));
  if (name === undefined) return undefined;
  return {
    name,
    source: sourceOf(fieldOf(fields, 'source')),
    wheels: filesOf(fieldOf(fields, 'wheels')),
    hasVariants: fieldOf(fields, 'variants-json') !== undefined,
    ...present({
      version: textOf(fieldOf(fields, 'version')),
      marker: markerOf(fieldOf(fields, 'resolution-markers')),
      sdist: fileOf(fieldOf(fields, 'sdist')),
    }),
  };
}

/** `uv.lock`, whose form is uv's own: version 1, as uv 0.13 writes it. What needs a package is not read. */
export function readUvLock(text: string): Result<Lock> {
  const toml = readToml(text);
  if (!toml.ok) return toml;
  if (fieldOf(toml.value, 'version') !== 1) return wrong('uv.lock is not of version 1, the only one that is known');
  const packages = listOf(fieldOf(toml.value, 'package')).map(packageOf);
  if (packages.includes(undefined)) return wrong('a package of the lock has no name');
  return success({
    packages: packages.filter((one) => one !== undefined),
    ...present({ requiresPython: textOf(fieldOf(toml.value, 'requires-python')) }),
  });
}
