import { type Result, success } from '#base';
import { fieldOf, listOf, objectOf, present, textOf, textsOf } from '../json-fields.ts';
import { normalizeName } from '../normalize-name.ts';
import { readToml } from './read-toml.ts';

/** What `pyproject.toml` asks for. Requirements are as written: `#formats/requirement` reads them. */
export interface Pyproject {
  readonly name?: string;
  readonly version?: string;
  readonly requiresPython?: string;
  readonly dependencies: readonly string[];
  readonly optionalDependencies: ReadonlyMap<string, readonly string[]>;
  /** By normalised name (PEP 735), with what they include; one that includes itself, or what is not there, is left out. */
  readonly dependencyGroups: ReadonlyMap<string, readonly string[]>;
  readonly dynamic: readonly string[];
  readonly build?: { readonly backend?: string; readonly requires: readonly string[] };
  readonly uv?: UvSettings;
}

/** Those settings of `[tool.uv]` that say how packages are built. */
export interface UvSettings {
  readonly noBinaryPackages: readonly string[];
  readonly noBuildIsolationPackages: readonly string[];
  readonly buildConstraints: readonly string[];
  /** Environment variables for the build of each package. */
  readonly extraBuildVariables: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: Fields, name: string): Fields => objectOf(fieldOf(value, name)) ?? {};

/** More than anyone has, and less than includes of includes can make. */
const MOST = 10_000;

/** Undefined: the group includes itself, is not there, or is too large. */
function groupOf(groups: ReadonlyMap<string, unknown>, name: string, above: readonly string[]): string[] | undefined {
  if (!groups.has(name) || above.includes(name) || above.length > 50) return undefined;
  const all: string[] = [];
  for (const one of listOf(groups.get(name))) {
    const included = textOf(objectOf(one)?.['include-group']);
    const found =
      typeof one === 'string' ? [one] : included && groupOf(groups, normalizeName(included), [...above, name]);
    if (!found || all.length + found.length > MOST) return undefined;
    all.push(...found);
  }
  return all;
}

function groupsOf(value: Fields): ReadonlyMap<string, readonly string[]> {
  const groups = new Map(Object.entries(value).map(([name, group]) => [normalizeName(name), group]));
  const resolved = [...groups.keys()].map((name) => [name, groupOf(groups, name, [])] as const);
  return new Map(resolved.flatMap(([name, group]) => (group ? [[name, group] as const] : [])));
}

function variablesOf(value: unknown): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(objectOf(value) ?? {}).filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
  );
}

function uvOf(uv: Fields): UvSettings {
  const variables = Object.entries(fieldsOf(uv, 'extra-build-variables'));
  return {
    noBinaryPackages: textsOf(fieldOf(uv, 'no-binary-package')),
    noBuildIsolationPackages: textsOf(fieldOf(uv, 'no-build-isolation-package')),
    buildConstraints: textsOf(fieldOf(uv, 'build-constraint-dependencies')),
    extraBuildVariables: new Map(variables.map(([name, table]) => [name, variablesOf(table)])),
  };
}

function buildOf(value: unknown): Pyproject['build'] {
  const build = objectOf(value);
  return (
    build && {
      requires: textsOf(fieldOf(build, 'requires')),
      ...present({ backend: textOf(fieldOf(build, 'build-backend')) }),
    }
  );
}

/** https://packaging.python.org/en/latest/specifications/pyproject-toml/ */
export function readPyproject(text: string): Result<Pyproject> {
  const toml = readToml(text);
  if (!toml.ok) return toml;
  const project = fieldsOf(toml.value, 'project');
  const optional = Object.entries(fieldsOf(project, 'optional-dependencies'));
  const uv = objectOf(fieldOf(fieldsOf(toml.value, 'tool'), 'uv'));
  return success({
    dependencies: textsOf(fieldOf(project, 'dependencies')),
    optionalDependencies: new Map(optional.map(([name, list]) => [name, textsOf(list)])),
    dependencyGroups: groupsOf(fieldsOf(toml.value, 'dependency-groups')),
    dynamic: textsOf(fieldOf(project, 'dynamic')),
    ...present({
      name: textOf(fieldOf(project, 'name')),
      version: textOf(fieldOf(project, 'version')),
      requiresPython: textOf(fieldOf(project, 'requires-python')),
      build: buildOf(fieldOf(toml.value, 'build-system')),
      uv: uv && uvOf(uv),
    }),
  });
}
