import { type Failure, failure, type Result, success } from '#base';
import { fieldOf, listOf, objectOf, present, textOf } from '../json-fields.ts';
import { fileOf, filesOf, type Lock, type LockedPackage, type LockedSource, locationOf } from './lock.ts';
import { readToml } from './read-toml.ts';

type Fields = Readonly<Record<string, unknown>>;

const wrong = (message: string): Result<never> => failure<Failure>({ code: 'formats/lock', message });

function tableSource(table: unknown, kind: LockedSource['kind']): LockedSource | undefined {
  const fields = objectOf(table);
  if (!fields) return undefined;
  const location = locationOf(fields, ['url', 'path']);
  return { kind, isEditable: fieldOf(fields, 'editable') === true, ...present({ location }) };
}

function sourceOf(value: Fields): LockedSource {
  const index = locationOf(value, ['index']);
  const isIndexed =
    index !== undefined || fieldOf(value, 'wheels') !== undefined || fieldOf(value, 'sdist') !== undefined;
  return (
    tableSource(fieldOf(value, 'vcs'), 'repository') ??
    tableSource(fieldOf(value, 'directory'), 'folder') ??
    tableSource(fieldOf(value, 'archive'), 'archive') ?? {
      kind: isIndexed ? 'index' : 'unknown',
      isEditable: false,
      ...present({ location: index }),
    }
  );
}

function packageOf(value: unknown): LockedPackage | undefined {
  const fields = objectOf(value) ?? {};
  const name = textOf(fieldOf(fields, 'name'));
  if (name === undefined) return undefined;
  return {
    name,
    source: sourceOf(fields),
    wheels: filesOf(fieldOf(fields, 'wheels')),
    hasVariants: fieldOf(fields, 'variants-json') !== undefined,
    ...present({
      version: textOf(fieldOf(fields, 'version')),
      marker: textOf(fieldOf(fields, 'marker')),
      sdist: fileOf(fieldOf(fields, 'sdist')),
    }),
  };
}

/** `pylock.toml` and its like: https://packaging.python.org/en/latest/specifications/pylock-toml/ */
export function readPylock(text: string): Result<Lock> {
  const toml = readToml(text);
  if (!toml.ok) return toml;
  const version = textOf(fieldOf(toml.value, 'lock-version'));
  if (version === undefined) return wrong('the lock does not say of which version it is');
  if (!/^1\.\d+$/.test(version)) return wrong(`locks of version ${JSON.stringify(version)} are not known`);
  const packages = listOf(fieldOf(toml.value, 'packages')).map(packageOf);
  if (packages.includes(undefined)) return wrong('a package of the lock has no name');
  return success({
    packages: packages.filter((one) => one !== undefined),
    ...present({ requiresPython: textOf(fieldOf(toml.value, 'requires-python')) }),
  });
}

/** Whether a file's name is that of such a lock: `pylock.toml`, or `pylock.NAME.toml` without further dots. */
export const isPylockName = (name: string) => /^pylock(?:\.[^./]+)?\.toml$/.test(name);
