// Everything in a report that was recorded is untrusted: a module or a folder may be named to move the cursor, to
// reverse the line or to hide. What a reader cannot see is shown as an escape.

/** Controls, format and bidi characters, surrogates, private and unassigned ones, blanks that are not a space. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}|[\u2800]/u;
const EVERY_UNSEEN = new RegExp(UNSEEN, 'gu');

/** Real writing stacks up to three marks on a letter; more climb into the lines above. */
const PILED_MARKS = /(\p{M}{3})(\p{M}+)/gu;

const NAMED: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t', '\x1b': '\\x1b' };

function escapeCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const named = NAMED[character];
  if (named) return named;
  // Python keeps a byte that is not UTF-8 as a lone surrogate U+DC80 to U+DCFF.
  if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}

const escapeAll = (characters: string) => [...characters].map(escapeCharacter).join('');

/** Long enough for any honest path, short enough for a page. */
const LONGEST = 480;

/** Recorded text made fit for a terminal, a page and a mail: visible, on one line, at most `most` characters. */
export function visible(text: string, most: number = LONGEST): string {
  const short = text.length > most * 2 ? `${text.slice(0, most)}${text.slice(-most)}` : text;
  const shown = [
    ...short
      .replace(EVERY_UNSEEN, escapeCharacter)
      .replace(PILED_MARKS, (_, kept: string, rest: string) => kept + escapeAll(rest)),
  ];
  if (shown.length <= most) return shown.join('');
  const head = Math.floor((most - 3) / 3);
  return `${shown.slice(0, head).join('')}...${shown.slice(3 + head - most).join('')}`;
}

/** True when no character of the text hides, moves or reorders. */
export const isVisible = (text: string): boolean => !UNSEEN.test(text);
