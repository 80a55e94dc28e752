import type { Artifacts, Evidence, Finding, LoadedLibrary, Verdict } from '#schema';
import { compare } from './evidence.ts';
import { verdictOf } from './verdict-of.ts';

// Audits of libraries that clash in one process ask each group of ranks that mapped the same ones.

/** What an audit says of one process: findings, and notes where what looks odd is benign. */
interface Said {
  readonly findings?: readonly Finding[];
  readonly notes?: readonly string[];
}

/** Asks of every distinct process; what many ranks share is said once. */
export function ofEachProcess(
  { step, loaded }: Pick<Artifacts, 'step' | 'loaded'>,
  say: (libraries: LoadedLibrary[], ranks: readonly number[]) => Said,
): Verdict {
  if (loaded.groups.length === 0) return nothingLoaded(step, 'what the ranks loaded');
  const findings = new Map<string, Finding>();
  const notes = new Set<string>();
  for (const { value, ranks } of loaded.groups) {
    const said = say(distinct(value.libraries), ranks);
    for (const finding of said.findings ?? []) {
      const key = `${finding.subject}\n${finding.message}`;
      if (!findings.has(key)) findings.set(key, finding);
    }
    for (const note of said.notes ?? []) notes.add(note);
  }
  return verdictOf([...findings.values()], [...notes].slice(0, MOST_NOTES));
}

const MOST_NOTES = 4;

/** Why nothing is known of what the imports did: without a command there were none. */
export function nothingLoaded({ command }: Artifacts['step'], what: string): Verdict {
  if (!command) return { kind: 'inapplicable', because: 'no command was given, so nothing was imported' };
  return { kind: 'unknown', because: `${what} was not recorded` };
}

function distinct(libraries: readonly LoadedLibrary[]): LoadedLibrary[] {
  const byPath = new Map(libraries.map((library) => [library.path, library]));
  return [...byPath.values()].sort((a, b) => compare(a.path, b.path));
}

export function fileName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

/** A library's own name: `libgomp-d22c30c5.so.1.0.0` is `libgomp`, as wheels add a digest to the names of their copies. */
export function stem(path: string): string {
  const [name = ''] = fileName(path).split('.so', 1);
  return name.replace(/(-[0-9a-f]{8})+$/, '');
}

/** Who brought it: `numpy.libs`, or its folder. */
export function bringer({ owner, path }: LoadedLibrary): string {
  return owner ?? path.slice(0, Math.max(path.lastIndexOf('/'), 1));
}

/** `libgomp 1.0.0 from scikit_learn.libs`. */
export function copyText(library: LoadedLibrary): string {
  const version = library.version ? ` ${library.version}` : '';
  return `${library.name}${version} from ${bringer(library)}`;
}

const MOST_COPIES = 12;

/** The copies, by who brought them. */
export function copyEvidence(libraries: readonly LoadedLibrary[], ranks: readonly number[]): Evidence {
  const rows = libraries.map((library) => ({ name: copyText(library), value: library.path }));
  const more = rows.length > MOST_COPIES ? [{ name: 'more', value: String(rows.length - MOST_COPIES) }] : [];
  return {
    kind: 'facts',
    rows: [...rows.slice(0, MOST_COPIES), ...more, { name: 'ranks that mapped them', value: String(ranks.length) }],
  };
}

/** The major version of a CUDA runtime: as it told, else as its file is called, `libcudart.so.12`. */
export function cudaMajor({ version, path }: LoadedLibrary): number | undefined {
  const digits = /^\d+/.exec(version ?? '')?.[0] ?? /\.so\.(\d+)/.exec(path)?.[1];
  return digits === undefined ? undefined : Number(digits);
}
