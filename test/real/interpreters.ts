import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './run.ts';

export interface Interpreter {
  readonly program: string;
  readonly version: string;
}

const QUESTION =
  'import platform, sys; print(platform.python_implementation(), platform.python_version(), sys.executable)';

/** Interpreters that pyenv manages stand beside the path. */
function pyenvFolders(): string[] {
  const { status, stdout } = run(['pyenv', 'root'], { seconds: 20 });
  const versions = join(stdout.trim(), 'versions');
  if (status !== 0 || !existsSync(versions)) return [];
  return readdirSync(versions).map((version) => join(versions, version, 'bin'));
}

/** Every CPython 3.8 or later of this machine, each once, oldest first; other ones where an older minor is asked for. */
export function listInterpreters(oldest = 8): Interpreter[] {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/bin', '/usr/local/bin', ...pyenvFolders()];
  const found = new Map<string, Interpreter>();
  for (const folder of new Set(folders)) {
    for (const name of readableNames(folder)) {
      const { status, stdout } = run([join(folder, name), '-I', '-c', QUESTION], { seconds: 20 });
      const [implementation, version = '', program = ''] = stdout.trim().split(' ');
      if (status !== 0 || implementation !== 'CPython' || !existsSync(program)) continue;
      if (Number(version.split('.')[1]) >= oldest) found.set(realpathSync(program), { program, version });
    }
  }
  return [...found.values()].sort((a, b) => a.version.localeCompare(b.version, 'en', { numeric: true }));
}

function readableNames(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => /^python3(\.\d+)?$/.test(name));
  } catch {
    return [];
  }
}
