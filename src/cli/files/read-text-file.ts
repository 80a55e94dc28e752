import { readFileSync, statSync } from 'node:fs';
import { failure, type Result, success } from '#base';
import { sayErrno } from './say-errno.ts';

const MOST_BYTES = 64 * 2 ** 20;

const wrong = (path: string, why: string) =>
  failure({ code: 'cli/cannot-read', message: `${path}: ${why}`, hint: 'Check the name of the file.' });

/** The text of a file that a user named, of a size that such files have. */
export function readTextFile(path: string): Result<string> {
  try {
    const found = statSync(path);
    if (!found.isFile()) return wrong(path, 'it is not a file');
    if (found.size > MOST_BYTES) return wrong(path, 'it is larger than any such file');
    return success(readFileSync(path, 'utf8'));
  } catch (error) {
    return wrong(path, sayErrno(error));
  }
}
