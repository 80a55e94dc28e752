// Fixed columns: widths, wrapping, tables. Text that enters here is already `visible`.

const WIDE =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{18dff}\u{1b000}-\u{1b2ff}\u{1f200}-\u{1f2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const MARK = /\p{Mn}|\p{Me}/u;

function characterWidth(character: string): number {
  if (character <= '~') return 1;
  if (MARK.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** Columns that a terminal gives the text; characters of East Asian scripts and emoji take two. */
export function widthOf(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** The longest beginning that fits. */
function beginning(text: string, width: number): string {
  let used = 0;
  let end = 0;
  for (const character of text) {
    used += characterWidth(character);
    if (used > width) break;
    end += character.length;
  }
  return text.slice(0, end);
}

/** The longest end that fits; never begins with a mark that belongs to the letter before. */
function ending(text: string, width: number): string {
  const characters = [...text];
  let used = 0;
  let start = characters.length;
  while (start > 0) {
    used += characterWidth(characters[start - 1] ?? '');
    if (used > width) break;
    start--;
  }
  while (start < characters.length && MARK.test(characters[start] ?? '')) start++;
  return characters.slice(start).join('');
}

export function cutEnd(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  return width <= 3 ? beginning(text, width) : `${beginning(text, width - 3)}...`;
}

/** `a > b > c > d` gives up its middle: who began it and who is next to it say most. */
function cutChain(links: readonly string[], width: number): string {
  const last = links.at(-1) ?? '';
  const both = `${links[0] ?? ''} > ... > ${last}`;
  if (widthOf(both) <= width) return both;
  const near = `... > ${last}`;
  return widthOf(near) <= width ? near : cutMiddle(last, width);
}

/** Cuts where a path can spare it: the first folders and the file's name stay. */
export function cutMiddle(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  const links = text.split(' > ');
  if (links.length > 1) return cutChain(links, width);
  if (width < 12) return cutEnd(text, width);
  let tail = ending(text, Math.ceil(((width - 3) * 2) / 3));
  const slash = tail.indexOf('/');
  // A folder cut in half says less than none, unless the last name alone is that long.
  if (slash > 0 && slash < tail.length / 2) tail = tail.slice(slash);
  let head = beginning(text, width - 3 - widthOf(tail));
  const last = head.lastIndexOf('/');
  if (last > head.length / 2) head = head.slice(0, last + 1);
  return `${head}...${tail}`;
}

export const padEnd = (text: string, width: number) => text + ' '.repeat(Math.max(0, width - widthOf(text)));
export const padStart = (text: string, width: number) => ' '.repeat(Math.max(0, width - widthOf(text))) + text;

/** Pieces of a word no wider than `width`, broken after slashes, dots and underscores where that is near. */
export function breakWord(word: string, width: number): string[] {
  const pieces: string[] = [];
  let rest = word;
  while (widthOf(rest) > width) {
    let piece = beginning(rest, width);
    // A character wider than the line still has to go somewhere.
    if (piece === '') piece = [...rest][0] ?? rest;
    const joint = /^.*[/._\-,=:]/u.exec(piece)?.[0];
    if (joint && joint.length > piece.length / 2) piece = joint;
    pieces.push(piece);
    rest = rest.slice(piece.length);
  }
  return rest === '' ? pieces : [...pieces, rest];
}

/** Lines of at most `width` columns; the second and later ones begin with `hang`. */
export const wrap = (text: string, width: number, first = '', hang = first): string[] =>
  wrapWords(text.split(/ +/), width, first, hang);

/** Words may hold spaces of their own: a line is broken there only where the word alone is too wide. */
export function wrapWords(words: readonly string[], width: number, first = '', hang = first): string[] {
  const room = Math.max(2, width - Math.max(widthOf(first), widthOf(hang)));
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    for (const [index, piece] of breakWord(word, room).entries()) {
      const joined = line === '' ? piece : `${line} ${piece}`;
      // The later pieces of a broken word begin new lines, so that no space is invented inside it.
      if (line === '' || (index === 0 && widthOf(joined) <= room)) line = joined;
      else {
        lines.push(line);
        line = piece;
      }
    }
  }
  if (line !== '') lines.push(line);
  return lines.map((each, index) => (index === 0 ? first : hang) + each);
}

export interface Column {
  readonly title: string;
  readonly align?: 'left' | 'right';
  /** Takes the room that is left, and is cut when there is too little. Default: as wide as its widest cell. */
  readonly flexible?: boolean;
}

function columnWidths(columns: readonly Column[], rows: readonly (readonly string[])[], room: number): number[] {
  const natural = columns.map((column, index) =>
    Math.max(widthOf(column.title), ...rows.map((row) => widthOf(row[index] ?? ''))),
  );
  const flexible = columns.flatMap((column, index) => (column.flexible ? [index] : []));
  const fixed = natural.reduce((sum, width, index) => (flexible.includes(index) ? sum : sum + width), 0);
  let left = Math.max(0, room - fixed - 2 * (columns.length - 1));
  // Narrow ones first: what they do not need goes to the others.
  const order = flexible.toSorted((a, b) => (natural[a] ?? 0) - (natural[b] ?? 0));
  const widths = [...natural];
  for (const [place, index] of order.entries()) {
    const share = Math.floor(left / (order.length - place));
    widths[index] = Math.max(4, Math.min(natural[index] ?? 0, share));
    left -= widths[index] ?? 0;
  }
  return widths;
}

/** A table of plain text, two spaces between columns, no line wider than `width`. */
export function tabulate(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
  width: number,
  indent = '  ',
): string[] {
  const widths = columnWidths(columns, rows, width - indent.length);
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, index) => {
        const room = widths[index] ?? 0;
        const fitted = columns[index]?.flexible ? cutMiddle(cell, room) : cell;
        return columns[index]?.align === 'right' ? padStart(fitted, room) : padEnd(fitted, room);
      })
      .join('  ')
      .trimEnd();
  return [line(columns.map(({ title }) => title)), ...rows.map(line)].map((each) => cutEnd(indent + each, width));
}
