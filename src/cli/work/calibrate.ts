import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { failure, type Result, success } from '#base';
import { fitProfile, summariseCalls } from '#calibrate';
import { findFilesystemProfile } from '#knowledge';
import { renderProfileText } from '#report';
import type { Calibration, FilesystemProfile } from '#schema';
import { COULD_NOT, type Context } from '../command.ts';
import { checkOwn, readCalibrations, sayErrno, writeOwn } from '../files/index.ts';
import { signalStatus, wait } from './collect.ts';
import { findPython, OLDEST_MINOR } from './python.ts';
import { chooseProfile } from './question.ts';

export interface CalibrateOptions {
  readonly load?: boolean;
  readonly seconds?: number;
  readonly out?: string;
  readonly like?: string;
  readonly as?: 'text' | 'json';
}

/** The files of one calibration: `project.profile.json` and, of what was timed, `project.calibration.json`. */
interface Places {
  readonly profile: string;
  readonly times: string;
}

function placesOf(out: string | undefined, name: string): Places {
  const plain = /^[A-Za-z0-9_][\w.+-]{0,100}$/.test(name) ? name : 'mount';
  const profile = out ?? `${plain}.profile.json`;
  const named = profile.endsWith('.json') ? profile : `${profile}.json`;
  return { profile: named, times: named.replace(/(\.profile)?\.json$/, '.calibration.json') };
}

function chooseBase(like: string | undefined): Result<FilesystemProfile | undefined> {
  const chosen = like === undefined ? success(undefined) : chooseProfile(like);
  if (!chosen.ok || typeof chosen.value !== 'string') return chosen as Result<FilesystemProfile | undefined>;
  return success(findFilesystemProfile(chosen.value));
}

/** Fits, writes and says what was found. */
function tell(
  calibrations: readonly Calibration[],
  base: FilesystemProfile | undefined,
  { profile: file }: Places,
  { options, terminal }: { readonly options: CalibrateOptions; readonly terminal: Context['terminal'] },
): Result<string> {
  const profile = fitProfile(calibrations, base);
  if (!profile.ok) return profile;
  const json = JSON.stringify(profile.value, null, 2);
  const written = writeOwn(file, `${json}\n`);
  if (!written.ok) return written;
  const { out } = terminal;
  out.print(options.as === 'json' ? json : renderProfileText(profile.value, summariseCalls(calibrations)));
  return success(file);
}

function sayNext(files: readonly string[], profile: string, { err }: Context['terminal']): void {
  err.print(`\nwrote ${files.join(', ')}`);
  err.print(`next: pharos scale job.pharos --nodes 1,16,256 --profile ${profile}`);
}

/** `pharos calibrate FILE…`: from what the collector measured on nodes. */
export function calibrateFiles(
  files: readonly string[],
  options: CalibrateOptions,
  { terminal }: Context,
): Result<number> {
  const base = chooseBase(options.like);
  if (!base.ok) return base;
  const calibrations = readCalibrations(files);
  if (!calibrations.ok) return calibrations;
  const name = basename(files[0] ?? '').replace(/(\.calibration)?\.json$/, '');
  const written = tell(calibrations.value, base.value, placesOf(options.out, name), { options, terminal });
  if (!written.ok) return written;
  sayNext([written.value], written.value, terminal);
  return success(0);
}

interface Measured {
  readonly calibrations: readonly Calibration[];
  readonly text: string;
}

function collectorOptions({ load, seconds }: CalibrateOptions): string[] {
  return [...(load ? ['--load'] : []), ...(seconds === undefined ? [] : ['--seconds', String(seconds)])];
}

/** Runs the collector. It says itself why it cannot; its times come back in a folder of our own. */
async function measure(folder: string, into: string, options: CalibrateOptions, context: Context) {
  const python = findPython(context.environment, '', OLDEST_MINOR.calibrate);
  if (!python.ok) return python;
  const program = join(context.folder, 'dist', 'pharos-collect.pyz');
  const file = join(into, 'mount.calibration.json');
  return wait(python.value, ['-I', '-S', program, 'calibrate', ...collectorOptions(options), '-o', file, folder]);
}

function readMeasured(into: string): Result<Measured> {
  const files = readdirSync(into).filter((name) => name.endsWith('.json'));
  if (files.length === 0) {
    return failure({
      code: 'cli/no-calibration',
      message: 'the collector ended well and left no times',
      hint: 'Report this to the makers of pharos with the command.',
    });
  }
  const calibrations = readCalibrations(files.map((name) => join(into, name)));
  if (!calibrations.ok) return calibrations;
  return success({ calibrations: calibrations.value, text: JSON.stringify(calibrations.value[0]) });
}

/** Keeps what was timed also where no profile can be made of it. */
function keep(
  measured: Measured,
  base: FilesystemProfile | undefined,
  places: Places,
  work: Parameters<typeof tell>[3],
) {
  const times = writeOwn(places.times, `${measured.text}\n`);
  if (!times.ok) return times;
  const written = tell(measured.calibrations, base, places, work);
  if (!written.ok) {
    work.terminal.err.print(`wrote ${times.value}`);
    return written;
  }
  sayNext([written.value, times.value], written.value, work.terminal);
  return success(0);
}

/** `pharos calibrate DIR`: measures here, then as for files. */
export async function calibrateFolder(
  folder: string,
  options: CalibrateOptions,
  context: Context,
): Promise<Result<number>> {
  const base = chooseBase(options.like);
  if (!base.ok) return base;
  const places = placesOf(options.out, basename(resolve(folder)));
  for (const file of [places.profile, places.times]) {
    const own = checkOwn(file);
    if (!own.ok) return own;
  }
  const into = makeFolder();
  if (!into.ok) return into;
  try {
    const ended = await measure(folder, into.value, options, context);
    if (!ended.ok) return ended;
    const { status, interrupted } = ended.value;
    if (interrupted) return success(signalStatus(interrupted));
    if (status !== 0) return success(COULD_NOT);
    const measured = readMeasured(into.value);
    if (!measured.ok) return measured;
    return keep(measured.value, base.value, places, { options, terminal: context.terminal });
  } finally {
    rmSync(into.value, { recursive: true, force: true });
  }
}

function makeFolder(): Result<string> {
  try {
    return success(mkdtempSync(join(tmpdir(), 'pharos-calibrate-')));
  } catch (error) {
    const message = `no folder can be made in ${tmpdir()}: ${sayErrno(error)}`;
    return failure({ code: 'cli/cannot-write', message, hint: 'Set TMPDIR to a folder where files may be made.' });
  }
}
