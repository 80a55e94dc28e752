// Quotes and expansions within a word.

/** A part of a word that is more than one character for itself. */
export interface QuotedPart {
  readonly end: number;
  readonly value: string;
  readonly isLiteral: boolean;
  readonly maySplit: boolean;
  /** The text ended before it did. */
  readonly isOpen: boolean;
}

/** What such a part begins with. */
export const SKIPS = /['"\\$`]/;

const MOST_NESTING = 50;

const literal = (value: string, end: number, isOpen = false): QuotedPart => ({
  end,
  value,
  isLiteral: true,
  maySplit: false,
  isOpen,
});

const expansion = (text: string, at: number, end: number): QuotedPart => ({
  end: Math.min(end, text.length),
  value: text.slice(at, end),
  isLiteral: false,
  maySplit: true,
  isOpen: end > text.length,
});

/** Where `$(…)`, `${…}` or `$((…))` ends; past the text's end where it does not. */
export function endOfBracket(text: string, at: number, nesting = 0): number {
  const open = text[at];
  const close = open === '(' ? ')' : '}';
  let depth = 0;
  let index = at;
  while (index < text.length) {
    const character = text[index] ?? '';
    if (character === open) depth += 1;
    if (character === close) depth -= 1;
    if (depth === 0) return index + 1;
    index = SKIPS.test(character) ? skipQuoted(text, index, nesting + 1).end : index + 1;
  }
  return text.length + 1;
}

function skipDollar(text: string, at: number, nesting: number): QuotedPart {
  const next = text[at + 1] ?? '';
  if (next === '(' || next === '{') return expansion(text, at, endOfBracket(text, at + 1, nesting));
  if (next === "'") {
    // Bash: escapes within; they are not resolved.
    const whole = /^\$'(?:[^'\\]|\\[\s\S])*'/.exec(text.slice(at))?.[0];
    return { ...expansion(text, at, whole ? at + whole.length : text.length + 1), maySplit: false };
  }
  const name = /^\$(?:[A-Za-z_]\w*|[0-9@*#?$!-])/.exec(text.slice(at, at + 300))?.[0];
  return name ? expansion(text, at, at + name.length) : literal('$', at + 1);
}

/** What stands within double quotes at `at`. */
function insideDoubleQuotes(text: string, at: number, nesting: number): QuotedPart {
  const [character = '', next = ''] = [text[at], text[at + 1]];
  if (character === '\\' && /[$`"\\\n]/.test(next)) return literal(next === '\n' ? '' : next, at + 2);
  const isExpansion = character === '`' || (character === '$' && next !== "'");
  return isExpansion ? skipQuoted(text, at, nesting + 1) : literal(character, at + 1);
}

function skipDoubleQuotes(text: string, at: number, nesting: number): QuotedPart {
  let value = '';
  let isLiteral = true;
  let index = at + 1;
  while (index < text.length && text[index] !== '"') {
    const part = insideDoubleQuotes(text, index, nesting);
    value += part.value;
    isLiteral &&= part.isLiteral;
    index = part.end;
  }
  // "$@" may become several words, or none.
  const maySplit = !isLiteral && /\$@|\$\{[^}]*\[?@/.test(value);
  return { end: Math.min(index + 1, text.length), value, isLiteral, maySplit, isOpen: index >= text.length };
}

/** Reads the quoted text or expansion that begins at `at`. */
export function skipQuoted(text: string, at: number, nesting = 0): QuotedPart {
  if (nesting > MOST_NESTING) return { ...literal('', text.length, true), isLiteral: false };
  switch (text[at]) {
    case "'": {
      const end = text.indexOf("'", at + 1);
      return end < 0 ? literal(text.slice(at + 1), text.length, true) : literal(text.slice(at + 1, end), end + 1);
    }
    case '\\':
      return text[at + 1] === '\n' ? literal('', at + 2) : literal(text[at + 1] ?? '', Math.min(at + 2, text.length));
    case '`': {
      const whole = /^`(?:[^`\\]|\\[\s\S])*`/.exec(text.slice(at))?.[0];
      return expansion(text, at, whole ? at + whole.length : text.length + 1);
    }
    case '"':
      return skipDoubleQuotes(text, at, nesting);
    default:
      return skipDollar(text, at, nesting);
  }
}
