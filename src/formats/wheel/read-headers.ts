/** The headers of a file in the form of an e-mail: names in lower case, each with all its values in order. */
export type Headers = ReadonlyMap<string, readonly string[]>;

/** Real metadata has some hundred headers; a description can be of megabytes. */
const LONGEST = 16 * 1024 * 1024;
const MOST = 100_000;
const HEADER = /^([!-9;-~]+):[ \t]*(.*)$/;

/** Reads as far as there are headers, as Python's `email` does: a line that is none ends them. Undefined: too long. */
export function readHeaders(text: string): Headers | undefined {
  if (text.length > LONGEST) return undefined;
  const headers = new Map<string, string[]>();
  let last: string[] = [];
  let count = 0;
  for (const [line] of text.matchAll(/[^\r\n]*(?:\r\n|\r|\n|$)/g)) {
    const content = line.replace(/[\r\n]+$/, '');
    if (/^[ \t]/.test(content) && last.length > 0) {
      last.push(`${last.pop()}\n${content}`);
      continue;
    }
    const [, name, value = ''] = HEADER.exec(content) ?? [];
    count += 1;
    if (name === undefined || count > MOST) break;
    last = headers.get(name.toLowerCase()) ?? [];
    last.push(value);
    headers.set(name.toLowerCase(), last);
  }
  return headers;
}
