import { spawnSync } from 'node:child_process';
import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { failure, type Result, success } from '#base';

const NAMES = ['python3', 'python3.13', 'python3.12', 'python3.11', 'python3.10', 'python3.9', 'python3.8', 'python'];

/** What the collector needs (python/collector/__main__.py says the same): what looks into nodes runs on older Pythons too. */
export const OLDEST_MINOR = { audit: 8, doctor: 6, host: 6, calibrate: 6 } as const;

const probe = (minor: number) => `import sys\nif sys.version_info < (3, ${minor}): sys.exit(3)\n`;

/** Longer than any interpreter takes to start, even from a slow file system. */
const LIMIT_MILLISECONDS = 60_000;

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** A script that looks for the interpreter on every call: it costs hundreds of processes and may look elsewhere next time. */
function isShim(path: string): boolean {
  const bytes = Buffer.alloc(2);
  const file = openSync(path, 'r');
  try {
    readSync(file, bytes, 0, 2, 0);
  } finally {
    closeSync(file);
  }
  return bytes.toString('latin1') === '#!';
}

function listPythons(path: string): string[] {
  const folders = path.split(delimiter).filter((folder) => folder !== '');
  const found = NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).filter(isProgram);
  return [...found.filter((program) => !isShim(program)), ...found.filter(isShim)];
}

/** The first Python on the path that is not older and can also do what `needs` tries; shims last. */
export function findPython(
  environment: NodeJS.ProcessEnv,
  needs = '',
  minor: number = OLDEST_MINOR.audit,
): Result<string> {
  const candidates = listPythons(environment.PATH ?? '');
  const found = candidates.find(
    // What the user's environment and site folders do to Python is for the job, not for this question.
    (program) =>
      spawnSync(program, ['-I', '-S', '-c', probe(minor) + needs], {
        stdio: 'ignore',
        timeout: LIMIT_MILLISECONDS,
      }).status === 0,
  );
  if (found) return success(found);
  const message =
    candidates.length === 0 ? 'there is no python3 on the path' : `no Python 3.${minor} or later was found`;
  return failure({ code: 'cli/no-python', message, hint: `Install Python 3.${minor} or later, or load its module.` });
}
