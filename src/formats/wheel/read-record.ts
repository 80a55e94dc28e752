import { type Failure, failure, type Result, success } from '#base';

// https://packaging.python.org/en/latest/specifications/recording-installed-packages/#the-record-file

/** One installed file, as `RECORD` has it. */
export interface RecordEntry {
  /**
   * As written: relative to the folder that the distribution was installed into, or absolute. It may lead out of that
   * folder, as scripts do, and is anyone's text: whoever opens it has to look where it leads.
   */
  readonly path: string;
  /** Algorithm and digest, in base 64 for addresses without padding. */
  readonly hash?: { readonly algorithm: string; readonly digest: string };
  readonly bytes?: number;
}

export interface RecordFile {
  readonly entries: readonly RecordEntry[];
  /** Rows that are none. */
  readonly malformed: number;
}

/** The largest distributions have some 20,000 files of 100 characters each. */
const LONGEST = 64 * 1024 * 1024;
const PLAIN = /[^",\r\n]*/y;
const FIELD_END = /,|\r\n|\r|\n|$/y;

interface Field {
  readonly text: string;
  /** Where it is over, its quotes included. */
  readonly end: number;
}

/** A field in quotes, in which two quotes are one. Undefined: they are not closed. */
function quotedAt(text: string, start: number): Field | undefined {
  let quote = text.indexOf('"', start + 1);
  while (quote >= 0 && text[quote + 1] === '"') quote = text.indexOf('"', quote + 2);
  if (quote < 0) return undefined;
  return { text: text.slice(start + 1, quote).replaceAll('""', '"'), end: quote + 1 };
}

function plainAt(text: string, start: number): Field {
  PLAIN.lastIndex = start;
  const [plain = ''] = PLAIN.exec(text) ?? [];
  return { text: plain, end: start + plain.length };
}

/** Undefined where a quote is not closed, or something follows it. */
function rowAt(text: string, start: number): { readonly fields: readonly string[]; readonly end: number } | undefined {
  const fields: string[] = [];
  for (let at = start; ; ) {
    const field = text[at] === '"' ? quotedAt(text, at) : plainAt(text, at);
    FIELD_END.lastIndex = field?.end ?? 0;
    const end = field && FIELD_END.exec(text);
    if (!end) return undefined;
    fields.push(field.text);
    at = FIELD_END.lastIndex;
    if (end[0] !== ',') return { fields, end: at };
  }
}

function lineAfter(text: string, start: number): number {
  const end = text.indexOf('\n', start);
  return end < 0 ? text.length : end + 1;
}

function entryOf([path = '', hash = '', bytes = '', ...more]: readonly string[]): RecordEntry | undefined {
  if (path === '' || more.length > 0 || !/^\d*$/.test(bytes)) return undefined;
  const [, algorithm, digest] = /^([A-Za-z0-9_]+)=([A-Za-z0-9_-]+={0,2})$/.exec(hash) ?? [];
  if (hash !== '' && algorithm === undefined) return undefined;
  return {
    path,
    ...(algorithm === undefined || digest === undefined ? {} : { hash: { algorithm, digest } }),
    ...(bytes === '' ? {} : { bytes: Number(bytes) }),
  };
}

/** The files of a distribution; rows that cannot be read are counted and passed over. */
export function readRecord(text: string): Result<RecordFile> {
  if (text.length > LONGEST) {
    return failure<Failure>({ code: 'formats/record', message: 'the list of installed files is too long' });
  }
  const entries: RecordEntry[] = [];
  let malformed = 0;
  for (let at = 0; at < text.length; ) {
    const row = rowAt(text, at);
    const isEmpty = row?.fields.length === 1 && row.fields[0] === '';
    const entry = row && entryOf(row.fields);
    if (entry) entries.push(entry);
    else if (!isEmpty) malformed += 1;
    at = row?.end ?? lineAfter(text, at);
  }
  return success({ entries, malformed });
}
