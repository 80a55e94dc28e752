import { type Failure, failure, type Result, success } from '#base';
import { withoutUser } from '../without-secrets.ts';

// https://pip.pypa.io/en/stable/reference/requirements-file-format/

/** One line of a requirements file, its continuations included. */
export type RequirementLine = { readonly line: number } & (
  | {
      readonly kind: 'requirement';
      /** A name with what belongs to it, an address or a path, as written; variables such as `${TOKEN}` stay. */
      readonly text: string;
      /** `sha256:…`, each. */
      readonly hashes: readonly string[];
    }
  | { readonly kind: 'editable'; readonly target: string }
  /** Another file, relative to this one. */
  | { readonly kind: 'requirements' | 'constraints'; readonly file: string }
  /** Any other option, such as `--index-url`; addresses without a user and a password. */
  | { readonly kind: 'option'; readonly name: string; readonly value?: string }
);

interface JoinedLine {
  readonly line: number;
  readonly text: string;
}

const LONGEST = 16 * 1024 * 1024;
const LONG_OF: Readonly<Record<string, string>> = {
  '-r': '--requirement',
  '-c': '--constraint',
  '-e': '--editable',
  '-i': '--index-url',
  '-f': '--find-links',
};

/** Lines that end in a backslash go on in the next; a comment does not. */
function joinLines(text: string): readonly JoinedLine[] {
  const joined: JoinedLine[] = [];
  let parts: string[] = [];
  let first = 0;
  for (const [index, line] of text.split(/\r\n|\r|\n/).entries()) {
    const isComment = /^\s*#/.test(line);
    if (parts.length === 0) first = index + 1;
    const goesOn = !isComment && line.endsWith('\\');
    // The blank keeps a comment apart from what goes before it, which it ends.
    parts.push(goesOn ? line.slice(0, -1) : isComment ? ` ${line}` : line);
    if (goesOn) continue;
    joined.push({ line: first, text: parts.join('') });
    parts = [];
  }
  if (parts.length > 0) joined.push({ line: first, text: parts.join('') });
  return joined;
}

function readOption(line: number, text: string): RequirementLine {
  const [, written = text, after] = /^(--?[A-Za-z][\w-]*)(?:\s*=\s*|\s+)?(.*)$/s.exec(text) ?? [];
  const name = Object.hasOwn(LONG_OF, written) ? (LONG_OF[written] ?? written) : written;
  const value = after === undefined || after === '' ? undefined : after.trim().replace(/^(["'])(.*)\1$/s, '$2');
  if (value === undefined) return { line, kind: 'option', name };
  if (name === '--requirement') return { line, kind: 'requirements', file: value };
  if (name === '--constraint') return { line, kind: 'constraints', file: value };
  if (name === '--editable') return { line, kind: 'editable', target: withoutUser(value) };
  return { line, kind: 'option', name, value: withoutUser(value) };
}

/** `-rfile` is an option too. */
function readShort(line: number, text: string): RequirementLine {
  const [, short = '', rest = ''] = /^(-[rceif])([^\s=-].*)$/s.exec(text) ?? [];
  return short === '' ? readOption(line, text) : readOption(line, `${short} ${rest}`);
}

function readLine({ line, text }: JoinedLine): RequirementLine | undefined {
  const content = text.replace(/(^|\s)#.*$/s, '').trim();
  if (content === '') return undefined;
  if (content.startsWith('-')) return readShort(line, content);
  // What follows it are options of this requirement.
  const options = content.search(/\s--?[A-Za-z]/);
  const hashes = options < 0 ? [] : [...content.slice(options).matchAll(/\s--hash[=\s]\s*([a-z0-9]+:[0-9a-fA-F]+)/g)];
  const requirement = options < 0 ? content : content.slice(0, options).trimEnd();
  return { line, kind: 'requirement', text: requirement, hashes: hashes.map(([, hash = '']) => hash) };
}

/** What a requirements file asks for, line by line: whatever is no comment is one of these. */
export function readRequirements(text: string): Result<readonly RequirementLine[]> {
  if (text.length > LONGEST) {
    return failure<Failure>({ code: 'formats/requirements', message: 'the requirements file is too long' });
  }
  return success(
    joinLines(text)
      .map(readLine)
      .filter((line) => line !== undefined),
  );
}
