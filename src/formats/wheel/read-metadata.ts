import { type Failure, failure, type Result, success } from '#base';
import { present } from '../json-fields.ts';
import { type Headers, readHeaders } from './read-headers.ts';
import { readTags, type WheelTags } from './read-wheel-name.ts';

/** What `METADATA` says of a distribution: core metadata as far as 2.5, without what is only for people. */
export interface Metadata {
  readonly metadataVersion?: string;
  readonly name: string;
  readonly version: string;
  readonly requiresPython?: string;
  /** Requirements as written: `#formats/requirement` reads them. */
  readonly requires: readonly string[];
  /** What is asked of the machine, as text of no fixed form. */
  readonly requiresExternal: readonly string[];
  readonly extras: readonly string[];
  /** Fields that may differ between the source and what was built from it. */
  readonly dynamic: readonly string[];
  /** Modules that can be imported, and namespaces they are in (metadata 2.5, PEP 794). */
  readonly importNames: readonly string[];
  readonly importNamespaces: readonly string[];
  readonly licenseExpression?: string;
  readonly summary?: string;
}

/** What `WHEEL` says of how a distribution was built. */
export interface WheelFile {
  readonly wheelVersion: string;
  readonly generator?: string;
  /** Whether it was meant for the folder of pure Python. */
  readonly isPure?: boolean;
  readonly build?: string;
  /** Each `Tag:` that can be read. */
  readonly tags: readonly WheelTags[];
}

const wrong = (message: string): Result<never> => failure<Failure>({ code: 'formats/metadata', message });

const first = (headers: Headers, name: string) => headers.get(name)?.[0]?.trim();
const all = (headers: Headers, name: string) => (headers.get(name) ?? []).map((value) => value.trim());

/** Those who read metadata must not read a later major version: its fields could mean something else. */
const isLater = (version: string | undefined, major: number) => Number.parseInt(version ?? '1', 10) > major;

export function readMetadata(text: string): Result<Metadata> {
  const headers = readHeaders(text);
  if (!headers) return wrong('the metadata are too long');
  const metadataVersion = first(headers, 'metadata-version');
  if (isLater(metadataVersion, 2)) return wrong(`metadata of version ${metadataVersion} are not known`);
  const name = first(headers, 'name');
  const version = first(headers, 'version');
  if (!name || !version) return wrong('the metadata have no name and version');
  return success({
    name,
    version,
    requires: all(headers, 'requires-dist'),
    requiresExternal: all(headers, 'requires-external'),
    extras: all(headers, 'provides-extra'),
    dynamic: all(headers, 'dynamic'),
    importNames: all(headers, 'import-name'),
    importNamespaces: all(headers, 'import-namespace'),
    ...present({
      metadataVersion,
      requiresPython: first(headers, 'requires-python'),
      licenseExpression: first(headers, 'license-expression'),
      summary: first(headers, 'summary'),
    }),
  });
}

const PURE: Readonly<Record<string, boolean>> = { true: true, false: false };

export function readWheelFile(text: string): Result<WheelFile> {
  const headers = readHeaders(text);
  const wheelVersion = headers && first(headers, 'wheel-version');
  if (!headers || !wheelVersion) return wrong('there is no version of the wheel format');
  if (isLater(wheelVersion, 1)) return wrong(`wheels of version ${wheelVersion} are not known`);
  const pure = first(headers, 'root-is-purelib')?.toLowerCase() ?? '';
  const tags = all(headers, 'tag').map(readTags);
  return success({
    wheelVersion,
    tags: tags.filter((tag) => tag !== undefined),
    ...present({
      generator: first(headers, 'generator'),
      isPure: Object.hasOwn(PURE, pure) ? PURE[pure] : undefined,
      build: first(headers, 'build'),
    }),
  });
}
