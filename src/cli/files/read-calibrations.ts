import { readFileSync, statSync } from 'node:fs';
import { failure, type Result, success } from '#base';
import { type Calibration, readCalibration } from '#schema';
import { sayErrno } from './say-errno.ts';

const MOST_BYTES = 64 * 2 ** 20;

const cannotRead = (path: string, why: string) =>
  failure({ code: 'cli/cannot-read', message: `${path}: ${why}`, hint: 'Check the name of the file.' });

function readOne(path: string): Result<Calibration> {
  try {
    const found = statSync(path);
    if (!found.isFile()) return cannotRead(path, 'it is not a file');
    if (found.size > MOST_BYTES) return cannotRead(path, 'it is larger than any calibration');
    const read = readCalibration(readFileSync(path, 'utf8'));
    return read.ok ? read : failure({ ...read.failure, message: `${path}: ${read.failure.message}` });
  } catch (error) {
    return cannotRead(path, sayErrno(error));
  }
}

/** Reads what was measured on one mount: a file, or one of each node. */
export function readCalibrations(paths: readonly string[]): Result<Calibration[]> {
  const calibrations: Calibration[] = [];
  for (const path of paths) {
    const read = readOne(path);
    if (!read.ok) return read;
    calibrations.push(read.value);
  }
  return success(calibrations);
}
