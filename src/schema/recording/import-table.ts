import { type Line, malformed, oneOf, shortText, wholeNumber } from './malformed.ts';
import type { PathTable } from './path-table.ts';
import type { ProcessTable } from './process-table.ts';
import type { ImportLevel, ImportSpan, Loader } from './recording.ts';

const MOST_IMPORTS = 2 ** 20;
const MOST_WORDS = 2 ** 20;
const MOST_ID = 2 ** 31 - 1;
const levels: ReadonlySet<ImportLevel> = new Set(['site', 'main', 'nested', 'late']);
const outcomes: ReadonlySet<NonNullable<ImportSpan['outcome']>> = new Set(['loaded', 'missing', 'failed']);
const loaders: ReadonlySet<Loader> = new Set([
  'source',
  'bytecode',
  'extension',
  'builtin',
  'frozen',
  'namespace',
  'zip',
  'other',
]);

export interface ImportTable {
  readonly spans: readonly ImportSpan[];
  /** `["s", id, text]` */
  word(line: Line): void;
  /** `["b", process, import, parent, module, t, level]` */
  begin(line: Line): void;
  /** `["e", process, import, t, outcome, origin, loader]` */
  end(line: Line): void;
  /** An import of that process, or 0 for none. */
  known(process: number, value: unknown): number;
}

export function importTable(paths: PathTable, processes: ProcessTable): ImportTable {
  const words: string[] = [''];
  const spans: ImportSpan[] = [];
  const byProcess = new Map<number, Map<number, ImportSpan>>();
  // Operations come in runs of one import.
  let last = { process: 0, import: 0 };

  function known(process: number, value: unknown): number {
    if (value === 0) return 0;
    if (last.import === value && last.process === process) return value;
    if (!byProcess.get(process)?.has(value as number)) malformed('the import has not begun');
    last = { process, import: value as number };
    return last.import;
  }

  return {
    spans,
    known,

    word([, id, text]) {
      if (id !== words.length) malformed(`the word's id is not ${words.length}`);
      if (words.length >= MOST_WORDS) malformed(`there are more than ${MOST_WORDS} words`);
      words.push(shortText(text, 'the word'));
    },

    begin([, processId, importId, parent, module, t, level]) {
      const process = processes.known(processId);
      const id = wholeNumber(importId, 'the import', MOST_ID);
      const siblings = byProcess.get(process) ?? new Map<number, ImportSpan>();
      if (id === 0 || siblings.has(id)) malformed('the import has begun before');
      if (spans.length >= MOST_IMPORTS) malformed(`there are more than ${MOST_IMPORTS} imports`);
      const span: ImportSpan = {
        process,
        id,
        parent: known(process, parent),
        module: words[wholeNumber(module, 'the module', words.length - 1)] ?? '',
        level: oneOf(levels, level, 'the level'),
        begin: wholeNumber(t, 'the time'),
      };
      byProcess.set(process, siblings.set(id, span));
      spans.push(span);
    },

    end([, processId, importId, t, outcome, origin, loader]) {
      const span = byProcess.get(processes.known(processId))?.get(importId as number);
      if (!span) return malformed('the import has not begun');
      if (span.end !== undefined) malformed('the import has ended before');
      span.end = wholeNumber(t, 'the time');
      span.outcome = oneOf(outcomes, outcome, 'the outcome');
      const path = paths.known(origin);
      if (path !== 0) span.origin = path;
      if (span.outcome === 'loaded' || loaders.has(loader as Loader)) {
        span.loader = oneOf(loaders, loader, 'the loader');
      }
    },
  };
}
