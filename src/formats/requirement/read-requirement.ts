import { type Failure, failure, type Result, success } from '#base';
import type { Marker, MarkerValue } from './marker.ts';
import { readSpecifiers, type Specifier } from './specifiers.ts';

// PEP 508: https://packaging.python.org/en/latest/specifications/dependency-specifiers/

/** What a distribution, a user or a lock asks for. */
export interface Requirement {
  /** As written: `normalizeName` makes it comparable. */
  readonly name: string;
  readonly extras: readonly string[];
  readonly specifiers: readonly Specifier[];
  readonly url?: string;
  readonly marker?: Marker;
}

/** What is wrong with the text at a place: only inside this file. */
class Malformed extends Error {
  readonly at: number;
  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/** The longest that anyone writes, and how deep parentheses may go: the reader calls itself for each. */
const LONGEST = 20_000;
const DEEPEST = 50;

const VARIABLES = new Set([
  ...['python_version', 'python_full_version', 'os_name', 'sys_platform', 'platform_release', 'platform_system'],
  ...['platform_version', 'platform_machine', 'platform_python_implementation', 'implementation_name'],
  ...['implementation_version', 'extra', 'extras', 'dependency_groups'],
  // PEP 825, a draft: read, and unknown unless the caller says what they are.
  ...['variant_label', 'variant_properties', 'variant_features', 'variant_namespaces'],
]);
/** Names before PEP 508, which setuptools wrote. */
const FORMER: Readonly<Record<string, string>> = {
  'os.name': 'os_name',
  'sys.platform': 'sys_platform',
  'platform.version': 'platform_version',
  'platform.machine': 'platform_machine',
  'platform.python_implementation': 'platform_python_implementation',
  python_implementation: 'platform_python_implementation',
};

/** A text and how far it was read. */
interface Reading {
  readonly text: string;
  at: number;
}

/** The next piece, which must be of this pattern; blanks before it are passed over. */
function take(reading: Reading, pattern: RegExp): string | undefined {
  const blanks = /[ \t]*/y;
  blanks.lastIndex = reading.at;
  blanks.exec(reading.text);
  const sticky = new RegExp(pattern.source, 'y');
  sticky.lastIndex = blanks.lastIndex;
  const found = sticky.exec(reading.text);
  if (!found) return undefined;
  reading.at = sticky.lastIndex;
  return found[0];
}

function expect(reading: Reading, pattern: RegExp, what: string): string {
  const found = take(reading, pattern);
  if (found === undefined) throw new Malformed(`${what} is missing`, reading.at);
  return found;
}

function takeValue(reading: Reading): MarkerValue {
  const quoted = take(reading, /'[^']*'|"[^"]*"/);
  if (quoted !== undefined) return { kind: 'text', text: quoted.slice(1, -1) };
  const before = reading.at;
  const written = expect(reading, /[a-z_.]+\b/, 'a variable or a quoted text');
  const name = Object.hasOwn(FORMER, written) ? (FORMER[written] ?? written) : written;
  if (!VARIABLES.has(name)) throw new Malformed(`${JSON.stringify(written)} is no variable of markers`, before);
  return { kind: 'variable', text: name };
}

function takeComparison(reading: Reading): Marker {
  const left = takeValue(reading);
  const operator = expect(reading, /===|==|~=|!=|<=|>=|<|>|in\b|not[ \t]+in\b/, 'a comparison');
  const right = takeValue(reading);
  if (left.kind === right.kind) throw new Malformed('a comparison needs one variable and one text', reading.at);
  return { kind: 'compare', left, operator: operator.startsWith('not') ? 'not in' : operator, right };
}

function takeAtom(reading: Reading, depth: number): Marker {
  if (take(reading, /\(/) === undefined) return takeComparison(reading);
  if (depth === DEEPEST) throw new Malformed('parentheses go too deep', reading.at);
  const marker = takeMarker(reading, depth + 1);
  expect(reading, /\)/, 'a closing parenthesis');
  return marker;
}

function takeJoined(reading: Reading, kind: 'and' | 'or', next: () => Marker): Marker {
  const of = [next()];
  while (take(reading, new RegExp(`${kind}\\b`)) !== undefined) of.push(next());
  const [only] = of;
  return only && of.length === 1 ? only : { kind, of };
}

function takeMarker(reading: Reading, depth: number): Marker {
  return takeJoined(reading, 'or', () => takeJoined(reading, 'and', () => takeAtom(reading, depth)));
}

const NAME = /[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?/;

function takeExtras(reading: Reading): readonly string[] {
  if (take(reading, /\[/) === undefined) return [];
  const extras: string[] = [];
  if (take(reading, /\]/) !== undefined) return extras;
  do extras.push(expect(reading, NAME, 'the name of an extra'));
  while (take(reading, /,/) !== undefined);
  expect(reading, /\]/, 'a closing bracket');
  return extras;
}

function takeSpecifiers(reading: Reading): readonly Specifier[] {
  const isEnclosed = take(reading, /\(/) !== undefined;
  const text = take(reading, isEnclosed ? /[^)]*/ : /[^;]*/) ?? '';
  const specifiers = readSpecifiers(text);
  if (!specifiers.ok) throw new Malformed(specifiers.failure.message, reading.at - text.length);
  if (isEnclosed) expect(reading, /\)/, 'a closing parenthesis');
  return specifiers.value;
}

function takeEnd(reading: Reading): void {
  take(reading, /(?=$)/);
  if (reading.at < reading.text.length) throw new Malformed('something follows that does not belong', reading.at);
}

function takeRequirement(reading: Reading): Requirement {
  const name = expect(reading, NAME, 'a name');
  const extras = takeExtras(reading);
  const url = take(reading, /@/) === undefined ? undefined : expect(reading, /[^ \t]+/, 'an address');
  const specifiers = url === undefined ? takeSpecifiers(reading) : [];
  const marker = take(reading, /;/) === undefined ? undefined : takeMarker(reading, 0);
  takeEnd(reading);
  return { name, extras, specifiers, ...(url === undefined ? {} : { url }), ...(marker ? { marker } : {}) };
}

function read<T>(text: string, what: string, taken: (reading: Reading) => T): Result<T> {
  const wrong = (message: string) =>
    failure<Failure>({
      code: 'formats/requirement',
      message: `${JSON.stringify(text.slice(0, 200))} is no ${what}: ${message}`,
    });
  if (text.length > LONGEST) return wrong('it is too long');
  try {
    return success(taken({ text: text.trim(), at: 0 }));
  } catch (error) {
    if (error instanceof Malformed) return wrong(`${error.message} at character ${error.at}`);
    throw error;
  }
}

/** A requirement such as `h5py[mpi] >=3.10, <4 ; python_version >= "3.9"`. */
export function readRequirement(text: string): Result<Requirement> {
  return read(text, 'requirement', takeRequirement);
}

/** A marker alone, as lock files have it. */
export function readMarker(text: string): Result<Marker> {
  return read(text, 'marker', (reading) => {
    const marker = takeMarker(reading, 0);
    takeEnd(reading);
    return marker;
  });
}
