import { type Failure, failure, type Result, success } from '#base';
import { factTable } from './fact-table.ts';
import { importTable } from './import-table.ts';
import { type Line, Malformed, malformed, plainObject, shortText } from './malformed.ts';
import { operationTable } from './operation-table.ts';
import { pathTable } from './path-table.ts';
import { processTable } from './process-table.ts';
import type { Recording } from './recording.ts';

// Reads the text of a recording (docs/concepts/recording.md), which anyone may have written: every number is checked,
// every list has a bound, and nothing is kept of a line that is not understood.

/** Newest version of the recording format. */
export const RECORDING_VERSION = 1;
const LONGEST_LINE = 2 ** 20;
/** Of names, words and facts together; operations are numbers. */
const MOST_CHARACTERS = 2 ** 28;
const START = '["pharos-recording",';

export interface RecordingReader {
  /** Takes the next piece of text. False when nothing more is worth reading: `end` then tells why. */
  push(chunk: string): boolean;
  /** The recording; `truncated` where the text stops before its last line. */
  end(): Result<Recording>;
}

/** Each step turns a line of version N into one of N + 1. Steps are added, never edited. */
const upgrades: Record<number, (line: Line) => Line> = {};

interface Header {
  readonly version: number;
  readonly collector: string;
  readonly started: string;
}

function parsed(text: string): Line {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    malformed('it is not JSON');
  }
  return Array.isArray(value) ? value : malformed('it is not a list');
}

function readHeader(text: string): Result<Header> {
  if (!text.startsWith(START)) return failure(notARecording);
  const [, version, about] = parsed(text);
  if (!Number.isSafeInteger(version) || (version as number) < 1) malformed('the version is not a whole number from 1');
  if ((version as number) > RECORDING_VERSION) {
    return failure({
      code: 'schema/newer-recording',
      message: `the recording has version ${version}, this pharos reads up to ${RECORDING_VERSION}`,
      hint: 'Update pharos.',
    });
  }
  const { collector, started } = plainObject(about, 'the third element');
  return success({
    version: version as number,
    collector: shortText(collector, 'the collector'),
    started: shortText(started, 'the time of the start'),
  });
}

const notARecording: Failure = {
  code: 'schema/not-a-recording',
  message: 'this is not a pharos recording',
  hint: 'Give a file that pharos audit or its collector wrote.',
};

function malformedLine(number: number, error: unknown): Failure {
  if (!(error instanceof Malformed)) throw error;
  return {
    code: 'schema/malformed-recording',
    message: `line ${number} of the recording is malformed: ${error.message}`,
    hint: 'Record the job again, or copy the file again.',
  };
}

function recordingTables() {
  const paths = pathTable();
  const processes = processTable(paths);
  const imports = importTable(paths, processes);
  const operations = operationTable(paths, processes, imports);
  const facts = factTable(paths);
  const handlers = new Map<unknown, (line: Line) => void>([
    ['o', operations.add],
    ['b', imports.begin],
    ['e', imports.end],
    ['p', paths.kept],
    ['d', paths.removed],
    ['s', imports.word],
    ['x', processes.begin],
    ['y', processes.end],
    ['f', processes.phase],
    ['fact', facts.add],
  ]);
  return {
    take: (line: Line) => handlers.get(line[0])?.(line),
    contents: () => ({
      paths: paths.nodes,
      processes: processes.images,
      imports: imports.spans,
      operations: operations.columns(),
      errors: operations.errors,
      facts: facts.all,
    }),
  };
}

/** Reads a recording of any version we ever wrote, piece by piece. */
export function recordingReader(): RecordingReader {
  const tables = recordingTables();
  let header: Header | undefined;
  let problem: Failure | undefined;
  let ended = false;
  let lines = 0;
  let characters = 0;
  let rest = '';

  function takeRow(text: string): void {
    let line = parsed(text);
    for (let version = header?.version ?? 0; version < RECORDING_VERSION; version += 1) {
      line = upgrades[version]?.(line) ?? line;
    }
    if (line[0] === 'end') {
      ended = true;
      return;
    }
    if (line[0] !== 'o') characters += text.length;
    if (characters > MOST_CHARACTERS) malformed(`there are more than ${MOST_CHARACTERS} characters of names and facts`);
    tables.take(line);
  }

  function takeHeader(text: string): void {
    const read = readHeader(text);
    if (read.ok) header = read.value;
    else problem = read.failure;
  }

  function takeLine(text: string): void {
    lines += 1;
    if (text.length > LONGEST_LINE) malformed(`it is longer than ${LONGEST_LINE} characters`);
    if (ended) malformed('it follows the last line');
    if (header) takeRow(text);
    else takeHeader(text);
  }

  /** Whole lines of `chunk` are taken, the piece after the last one is kept. */
  function takeChunk(chunk: string): void {
    let from = 0;
    for (let to = chunk.indexOf('\n'); to >= 0 && !problem; to = chunk.indexOf('\n', from)) {
      takeLine(rest + chunk.slice(from, to));
      rest = '';
      from = to + 1;
    }
    rest += chunk.slice(from);
    if (!header && rest !== '' && !START.startsWith(rest.slice(0, START.length))) problem ??= notARecording;
    if (rest.length > LONGEST_LINE) malformed(`the line after it is longer than ${LONGEST_LINE} characters`);
  }

  function push(chunk: string): boolean {
    if (problem) return false;
    try {
      takeChunk(chunk);
    } catch (error) {
      problem = malformedLine(lines, error);
    }
    return problem === undefined;
  }

  return {
    push,

    end() {
      if (rest === '["end"]') push('\n');
      if (problem) return failure(problem);
      if (!header) return failure(notARecording);
      const { collector, started } = header;
      return success({ collector, started, truncated: !ended, ...tables.contents() });
    },
  };
}
