import { type Failure, failure, type Result, success } from '#base';
import { LONGEST_MODULEFILE, type Modulefile, type ModuleStatement, statementsOf } from './modulefile.ts';

// https://lmod.readthedocs.io/en/latest/050_lua_modulefiles.html. Lua's tokens: https://www.lua.org/manual/5.4/manual.html#3.1

interface Token {
  readonly kind: 'name' | 'text' | 'other';
  /** Of a text, what it stands for. */
  readonly text: string;
  readonly line: number;
}

const NAME = /[A-Za-z_]\w*/y;
const BLANK = /\s+/y;
const LONG_OPEN = /\[(=*)\[/y;
const NUMBER = /(?:0[xX])?[\d.][\w.]*/y;
/** Of one line; a text with a backslash stands for something else, and is passed over as such. */
const QUOTED = /"[^"\\\n]*(?:\\[\s\S][^"\\\n]*)*"|'[^'\\\n]*(?:\\[\s\S][^'\\\n]*)*'/y;

function taken(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

/** A text or comment in long brackets that opens here, brackets included; all that is left where it does not close. */
function longAt(text: string, at: number): string | undefined {
  const open = taken(LONG_OPEN, text, at);
  if (open === undefined) return undefined;
  const close = text.indexOf(`]${'='.repeat(open.length - 2)}]`, at + open.length);
  return close < 0 ? text.slice(at) : text.slice(at, close + open.length);
}

function commentAt(text: string, at: number): string | undefined {
  if (!text.startsWith('--', at)) return undefined;
  const long = longAt(text, at + 2);
  if (long !== undefined) return `--${long}`;
  const end = text.indexOf('\n', at);
  return end < 0 ? text.slice(at) : text.slice(at, end);
}

interface Piece {
  readonly written: string;
  readonly token?: Omit<Token, 'line'>;
}

function pieceAt(text: string, at: number): Piece {
  const skipped = taken(BLANK, text, at) ?? commentAt(text, at);
  if (skipped !== undefined) return { written: skipped };
  const name = taken(NAME, text, at);
  if (name !== undefined) return { written: name, token: { kind: 'name', text: name } };
  const quoted = taken(QUOTED, text, at);
  if (quoted !== undefined) {
    const isPlain = !quoted.includes('\\');
    return {
      written: quoted,
      token: isPlain ? { kind: 'text', text: quoted.slice(1, -1) } : { kind: 'other', text: '' },
    };
  }
  const long = longAt(text, at);
  if (long !== undefined) {
    const bracket = long.indexOf('[', 1) + 1;
    return { written: long, token: { kind: 'text', text: long.slice(bracket, -bracket).replace(/^\r?\n/, '') } };
  }
  // A quote that is not closed: Lua reads nothing of such a file, and where it goes on cannot be told.
  const isOpen = text[at] === '"' || text[at] === "'";
  const written = isOpen ? text.slice(at) : (taken(NUMBER, text, at) ?? text.charAt(at));
  return { written, token: { kind: 'other', text: written } };
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let line = 1;
  for (let at = 0; at < text.length; ) {
    const { written, token } = pieceAt(text, at);
    if (token) tokens.push({ ...token, line });
    for (const character of written) if (character === '\n') line += 1;
    at += written.length;
  }
  return tokens;
}

const CALLS: Readonly<Record<string, string>> = {
  setenv: 'setenv',
  pushenv: 'pushenv',
  unsetenv: 'unsetenv',
  prepend_path: 'prepend-path',
  append_path: 'append-path',
  remove_path: 'remove-path',
  load: 'load',
  always_load: 'load',
  depends_on: 'depends-on',
  conflict: 'conflict',
  family: 'family',
  help: 'help',
  whatis: 'whatis',
};

interface Call {
  readonly command: string;
  readonly words: readonly string[];
  /** The index of the token after it. */
  readonly end: number;
}

/** A call that begins here, of one of these functions, with texts alone. */
function callAt(tokens: readonly Token[], start: number): Call | undefined {
  const name = tokens[start];
  const command = name?.kind === 'name' && Object.hasOwn(CALLS, name.text) ? CALLS[name.text] : undefined;
  if (command === undefined) return undefined;
  const only = tokens[start + 1];
  if (only?.kind === 'text') return { command, words: [only.text], end: start + 2 };
  if (only?.kind !== 'other' || only.text !== '(') return undefined;
  const words: string[] = [];
  for (let at = start + 2; ; at += 2) {
    const [word, next] = [tokens[at], tokens[at + 1]];
    if (word?.kind !== 'text' || next?.kind !== 'other') return undefined;
    words.push(word.text);
    if (next.text === ')') return { command, words, end: at + 2 };
    if (next.text !== ',') return undefined;
  }
}

const OPENS = new Set(['if', 'for', 'while', 'function', 'repeat', '(', '{', '[']);
const CLOSES = new Set(['end', 'until', ')', '}', ']']);

/** `do` opens a block of its own, but not that of `for` or `while`, which is open already. */
function depthAfter(depth: number, { kind, text }: Token, loops: { awaited: number }): number {
  if (kind === 'text') return depth;
  if (text === 'for' || text === 'while') loops.awaited += 1;
  if (text === 'do') {
    if (loops.awaited === 0) return depth + 1;
    loops.awaited -= 1;
    return depth;
  }
  if (OPENS.has(text)) return depth + 1;
  return CLOSES.has(text) ? Math.max(0, depth - 1) : depth;
}

/** Where to go on after something that was not understood: at the first line that begins outside of all blocks and brackets. */
function skipFrom(tokens: readonly Token[], start: number): number {
  const loops = { awaited: 0 };
  let depth = 0;
  for (let at = start; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (!token) break;
    if (at > start && depth === 0 && token.line > (tokens[at - 1]?.line ?? 0)) return at;
    depth = depthAfter(depth, token, loops);
  }
  return tokens.length;
}

/** Whether a call is all of its statement: `setenv("A", "b") .. x` or `("A").b` would go on. */
function isWhole(tokens: readonly Token[], end: number): boolean {
  const next = tokens[end];
  return next === undefined || next.kind === 'name' || next.text === ';';
}

/** What a modulefile of Lmod in Lua does, read and never run: calls with literal texts outside of all conditions. */
export function readLuaModulefile(text: string): Result<Modulefile> {
  if (text.length > LONGEST_MODULEFILE) {
    return failure<Failure>({ code: 'formats/modulefile', message: 'the modulefile is too long' });
  }
  const tokens = tokensOf(text);
  const statements: ModuleStatement[] = [];
  const notUnderstood: number[] = [];
  for (let at = 0; at < tokens.length; ) {
    const line = tokens[at]?.line ?? 0;
    if (tokens[at]?.text === ';' && tokens[at]?.kind === 'other') {
      at += 1;
      continue;
    }
    const call = callAt(tokens, at);
    const found = call && isWhole(tokens, call.end) ? statementsOf(line, call.command, colon(call)) : undefined;
    if (found) statements.push(...found);
    else notUnderstood.push(line);
    at = found && call ? call.end : skipFrom(tokens, at);
  }
  return success({ statements, notUnderstood });
}

/** The third argument of a path is its separator: a colon is what it is anyway. */
function colon({ command, words }: Call): readonly string[] {
  return command.endsWith('-path') && words.length === 3 && words[2] === ':' ? words.slice(0, 2) : words;
}
