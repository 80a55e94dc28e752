import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { built } from './environment.ts';

// What was measured is kept in build/scale/kept, a folder for each part, so that a run goes on where it was ended, and what is told of it
// can be told again by a better model.

/** Starts of one job, in one place, at one size. */
export interface Measurement {
  readonly seconds: readonly number[];
  /** Of the server, in the last of the runs, by kind, where it counts. */
  readonly requests?: Readonly<Record<string, number>>;
  readonly bytesRead?: number;
}

const kept = join(built, 'kept');

/** Of a part: what it measured, and the calibrations that it made. */
export function folderOf(part: string): string {
  const folder = join(kept, part);
  mkdirSync(folder, { recursive: true });
  return folder;
}

export const forget = (part: string): void => rmSync(join(kept, part), { recursive: true, force: true });

export interface Measurements {
  get(key: string): Measurement | undefined;
  keep(key: string, measurement: Measurement): Measurement;
}

export function measurements(part: string): Measurements {
  const file = join(folderOf(part), 'starts.json');
  const starts: Record<string, Measurement> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  return {
    get: (key) => starts[key],
    keep(key, measurement) {
      starts[key] = measurement;
      writeFileSync(`${file}.part`, JSON.stringify(starts, null, 1));
      renameSync(`${file}.part`, file);
      return measurement;
    },
  };
}
