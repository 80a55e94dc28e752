import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { constants, createGunzip } from 'node:zlib';
import { type Failure, failure, type Result, success } from '#base';
import { type Recording, type Report, readReport, recordingReader } from '#schema';
import { sayErrno } from './say-errno.ts';

// Files that are given may be hostile: a few bytes may unpack to any number.

const MOST_RECORDING_CHARACTERS = 4 * 2 ** 30;
/** A doctor's recording holds facts only; that of a node with a thousand ranks takes less. */
const MOST_STEP_CHARACTERS = 256 * 2 ** 20;
const MOST_REPORT_BYTES = 64 * 2 ** 20;
const PIECE_BYTES = 256 * 1024;

export type Input =
  | { readonly kind: 'recording'; readonly recording: Recording }
  | { readonly kind: 'report'; readonly report: Report };

const cannotRead = (path: string, why: string, hint = 'Check the name of the file.') =>
  failure({ code: 'cli/cannot-read', message: `${path}: ${why}`, hint });

function firstBytes(path: string): Result<Buffer> {
  try {
    const found = statSync(path);
    if (!found.isFile()) return cannotRead(path, found.isDirectory() ? 'it is a folder' : 'it is not a file');
    const file = openSync(path, 'r');
    try {
      const bytes = Buffer.alloc(2);
      return success(bytes.subarray(0, readSync(file, bytes, 0, 2, 0)));
    } finally {
      closeSync(file);
    }
  } catch (error) {
    return cannotRead(path, sayErrno(error));
  }
}

/** Names the file in what its reader says. */
function named<T>(path: string, result: Result<T>): Result<T> {
  return result.ok ? result : failure({ ...result.failure, message: `${path}: ${result.failure.message}` });
}

async function readRecording(path: string, most: number): Promise<Result<Recording>> {
  const reader = recordingReader();
  const decoder = new TextDecoder();
  // A recording that was cut short ends within a block: what could be unpacked before is worth reading.
  const unpacked = createReadStream(path).pipe(
    createGunzip({ chunkSize: PIECE_BYTES, finishFlush: constants.Z_SYNC_FLUSH }),
  );
  let characters = 0;
  try {
    for await (const piece of unpacked) {
      const text = decoder.decode(piece, { stream: true });
      characters += text.length;
      if (characters > most) return cannotRead(path, 'it unpacks to more than any recording');
      if (!reader.push(text)) break;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code?.startsWith('Z_') ? 'the file is damaged' : sayErrno(error);
    return cannotRead(path, why, 'Record the job again, or copy the file again.');
  }
  return named(path, reader.end());
}

async function readReportFile(path: string): Promise<Result<Report>> {
  const foreign = cannotRead(
    path,
    'it is neither a recording nor a report of pharos',
    'Give a *.pharos or a *.report.json.',
  );
  const file = await open(path);
  try {
    const { size } = await file.stat();
    if (size > MOST_REPORT_BYTES) return cannotRead(path, 'it is larger than any report');
    return named(path, readReport(JSON.parse(await file.readFile('utf8'))));
  } catch (error) {
    return error instanceof SyntaxError ? foreign : cannotRead(path, sayErrno(error));
  } finally {
    await file.close();
  }
}

/** Reads a recording or a report, whichever the file is. */
export async function readInput(path: string, most = MOST_RECORDING_CHARACTERS): Promise<Result<Input>> {
  const first = firstBytes(path);
  if (!first.ok) return first;
  if (first.value[0] === 0x1f && first.value[1] === 0x8b) {
    const recording = await readRecording(path, most);
    return recording.ok ? success({ kind: 'recording', recording: recording.value }) : recording;
  }
  const report = await readReportFile(path);
  return report.ok ? success({ kind: 'report', report: report.value }) : report;
}

/** A recording that the collector's doctor made, of a job step. */
export const isOfStep = ({ facts }: Recording): boolean => facts.step.length > 0;

async function readRecordingOnly(path: string, most?: number): Promise<Result<Recording>> {
  const input = await readInput(path, most);
  if (!input.ok) return input;
  if (input.value.kind === 'recording') return success(input.value.recording);
  return cannotRead(path, 'it is a report, not a recording', `Run pharos report ${path} --as text.`);
}

export interface StepFiles {
  readonly recordings: readonly [Recording, ...Recording[]];
  /** Files that could not be read, and why: the others are worth telling. */
  readonly unreadable: readonly { readonly path: string; readonly failure: Failure }[];
}

/** Reads the recordings of one step, one a node. Files are read one after the other: only facts are kept. */
export async function readStepFiles(paths: readonly string[]): Promise<Result<StepFiles>> {
  const recordings: Recording[] = [];
  const unreadable: { path: string; failure: Failure }[] = [];
  for (const path of paths) {
    const recording = await readRecordingOnly(path, MOST_STEP_CHARACTERS);
    if (!recording.ok) unreadable.push({ path, failure: recording.failure });
    else if (isOfStep(recording.value)) recordings.push(recording.value);
    else return cannotRead(path, 'it is of a start, not of a job step', `Run pharos audit ${path}.`);
  }
  const [first, ...others] = recordings;
  if (first) return success({ recordings: [first, ...others], unreadable });
  return failure(unreadable[0]?.failure ?? { code: 'cli/cannot-read', message: 'no recording was given' });
}

/** Reads a recording of the collector's `host`, which holds facts only. */
export const readHostRecording = (path: string): Promise<Result<Recording>> =>
  readRecordingOnly(path, MOST_STEP_CHARACTERS);

/** Reads the recordings of one job, in the order given. */
export async function readRecordings(paths: readonly string[]): Promise<Result<readonly [Recording, ...Recording[]]>> {
  const recordings: Recording[] = [];
  for (const path of paths) {
    const recording = await readRecordingOnly(path);
    if (!recording.ok) return recording;
    recordings.push(recording.value);
  }
  const [first, ...others] = recordings;
  return first ? success([first, ...others]) : cannotRead('pharos', 'no recording was given');
}

/** Recordings of starts: one of a job step is told by its name. */
export async function readStarts(files: readonly string[]): Promise<Result<readonly [Recording, ...Recording[]]>> {
  const read = await readRecordings(files);
  if (!read.ok) return read;
  const step = files[read.value.findIndex(isOfStep)];
  if (step === undefined) return read;
  return failure({
    code: 'cli/other-recording',
    message: `${step} is of a job step that the doctor looked at, not of a start`,
    hint: 'Record the start: pharos audit -- COMMAND, or the collector without doctor.',
  });
}
