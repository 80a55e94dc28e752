import { fieldOf, listOf, objectOf, present, textOf } from '../json-fields.ts';
import { withoutUser } from '../without-secrets.ts';

/** What is installed where, as a lock file has it. */
export interface Lock {
  readonly requiresPython?: string;
  readonly packages: readonly LockedPackage[];
}

export interface LockedPackage {
  readonly name: string;
  readonly version?: string;
  /** As written: `readMarker` of `#formats/requirement` reads it. */
  readonly marker?: string;
  readonly source: LockedSource;
  readonly sdist?: LockedFile;
  readonly wheels: readonly LockedFile[];
  /** Whether there are wheel variants to choose from, which is not read: PEP 825 is provisional. */
  readonly hasVariants: boolean;
}

export interface LockedSource {
  readonly kind: 'index' | 'archive' | 'folder' | 'repository' | 'unknown';
  /** An address without a user and a password, or a path. */
  readonly location?: string;
  readonly isEditable: boolean;
}

export interface LockedFile {
  /** Of the file alone. */
  readonly name: string;
  /** An address without a user and a password, or a path: anyone's text. */
  readonly location?: string;
  readonly hashes: readonly { readonly algorithm: string; readonly digest: string }[];
  readonly bytes?: number;
}

type Fields = Readonly<Record<string, unknown>>;

/** The first of these fields that is a text. */
export function locationOf(value: Fields, names: readonly string[]): string | undefined {
  for (const name of names) {
    const text = textOf(fieldOf(value, name));
    if (text !== undefined) return withoutUser(text);
  }
  return undefined;
}

function nameOfLocation(location: string): string {
  const last =
    location
      .replace(/[?#].*$/s, '')
      .split('/')
      .at(-1) ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}

/** `sha256:…` of uv, or a table of PEP 751. */
function hashesOf(value: Fields): LockedFile['hashes'] {
  const [, algorithm, digest] = /^([a-z0-9_]+):(\S+)$/.exec(textOf(fieldOf(value, 'hash')) ?? '') ?? [];
  if (algorithm !== undefined && digest !== undefined) return [{ algorithm, digest }];
  return Object.entries(objectOf(fieldOf(value, 'hashes')) ?? {}).flatMap(([name, text]) =>
    typeof text === 'string' ? [{ algorithm: name, digest: text }] : [],
  );
}

export function fileOf(value: unknown): LockedFile | undefined {
  const fields = objectOf(value);
  if (!fields) return undefined;
  const location = locationOf(fields, ['url', 'path']);
  const name = textOf(fieldOf(fields, 'name')) ?? textOf(fieldOf(fields, 'filename')) ?? nameOfLocation(location ?? '');
  const size = fieldOf(fields, 'size');
  const bytes = typeof size === 'number' && size >= 0 ? size : undefined;
  return name === '' ? undefined : { name, hashes: hashesOf(fields), ...present({ location, bytes }) };
}

export const filesOf = (value: unknown) =>
  listOf(value)
    .map(fileOf)
    .filter((file) => file !== undefined);
