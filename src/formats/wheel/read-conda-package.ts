import { type Failure, failure, type Result, success } from '#base';
import { fieldOf, jsonObject, objectOf, present, textOf, textsOf } from '../json-fields.ts';
import { withoutToken } from '../without-secrets.ts';

/** What a file of `conda-meta` says of one installed package. */
export interface CondaPackage {
  readonly name: string;
  readonly version: string;
  /** `py312h1234567_0`, `external_5`: of packages that stand for one of the site, only this tells. */
  readonly build: string;
  /** As written: a name, or an address without a user and a password. */
  readonly channel?: string;
  readonly subfolder?: string;
  /** Match specifications as written. */
  readonly depends: readonly string[];
  readonly constrains: readonly string[];
  /** Relative to the prefix, as written: anyone's text. */
  readonly files: readonly string[];
}

const LONGEST = 64 * 1024 * 1024;

/** Reads a package of https://docs.conda.io/projects/conda-build/en/stable/resources/package-spec.html as installed. */
export function readCondaPackage(text: string): Result<CondaPackage> {
  const value = text.length > LONGEST ? undefined : jsonObject(text);
  const field = (name: string) => textOf(value && fieldOf(value, name));
  const [name, version, build] = [field('name'), field('version'), field('build')];
  if (!value || name === undefined || version === undefined || build === undefined) {
    return failure<Failure>({ code: 'formats/conda-package', message: 'it is no package that conda installed' });
  }
  // Channels are texts; libmamba has written objects.
  const channel = field('channel') ?? textOf(objectOf(fieldOf(value, 'channel'))?.canonical_name);
  return success({
    name,
    version,
    build,
    depends: textsOf(fieldOf(value, 'depends')),
    constrains: textsOf(fieldOf(value, 'constrains')),
    files: textsOf(fieldOf(value, 'files')),
    ...present({
      channel: channel === undefined ? undefined : withoutToken(channel),
      subfolder: field('subdir'),
    }),
  });
}
