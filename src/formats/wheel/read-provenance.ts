import { type Failure, failure, type Result, success } from '#base';
import { fieldOf, jsonObject, listOf, objectOf, present, textOf } from '../json-fields.ts';
import { withoutUser } from '../without-secrets.ts';

/** From where a distribution was installed that was not found by its name (PEP 610). */
export interface DirectUrl {
  /** Without a user and a password. */
  readonly url: string;
  readonly kind: 'archive' | 'folder' | 'repository' | 'unknown';
  readonly isEditable: boolean;
  readonly commit?: string;
}

/** With what settings uv built a distribution here: what it told apart builds by, in its cache. */
export interface UvBuild {
  readonly configSettings: Readonly<Record<string, unknown>>;
  /** Names of what was added to the build's requirements. */
  readonly extraRequires: readonly string[];
  /** Environment variables of the build, as set in `extra-build-variables`. */
  readonly extraVariables: Readonly<Record<string, string>>;
}

const wrong = (file: string): Result<never> =>
  failure<Failure>({ code: 'formats/provenance', message: `${file} does not hold what it should` });

function kindOf(value: Readonly<Record<string, unknown>>): DirectUrl['kind'] {
  if (objectOf(fieldOf(value, 'vcs_info'))) return 'repository';
  if (objectOf(fieldOf(value, 'dir_info'))) return 'folder';
  return objectOf(fieldOf(value, 'archive_info')) ? 'archive' : 'unknown';
}

/** What `direct_url.json` says. */
export function readDirectUrl(text: string): Result<DirectUrl> {
  const value = jsonObject(text);
  const url = value && textOf(fieldOf(value, 'url'));
  if (!value || url === undefined) return wrong('direct_url.json');
  const isEditable = objectOf(fieldOf(value, 'dir_info'))?.editable === true;
  const commit = textOf(objectOf(fieldOf(value, 'vcs_info'))?.commit_id);
  return success({ url: withoutUser(url), kind: kindOf(value), isEditable, ...present({ commit }) });
}

/** What `uv_build.json` says, which uv writes beside a distribution it built: seen of 0.12 and 0.13. */
export function readUvBuild(text: string): Result<UvBuild> {
  const value = jsonObject(text);
  if (!value) return wrong('uv_build.json');
  const variables = Object.entries(objectOf(fieldOf(value, 'extra_build_variables')) ?? {});
  const requires = listOf(fieldOf(value, 'extra_build_requires'));
  return success({
    configSettings: objectOf(fieldOf(value, 'config_settings')) ?? {},
    extraRequires: requires
      .map((one) => textOf(objectOf(objectOf(one)?.requirement)?.name))
      .filter((name) => name !== undefined),
    extraVariables: Object.fromEntries(
      variables.filter((pair): pair is [string, string] => typeof pair[1] === 'string'),
    ),
  });
}
