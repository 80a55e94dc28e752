import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Where {
  readonly cwd?: string;
  /** Added to the environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly seconds?: number;
  readonly input?: string;
}

/** What the user who runs the tests has set for Python would change what they see. */
const withoutPython = Object.entries(process.env).filter(([name]) => !name.startsWith('PYTHON'));

/** Runs a command with a time limit and without a terminal. */
export function run([program = '', ...args]: readonly string[], where: Where = {}): Ran {
  const { cwd = root, env = {}, seconds = 120, input } = where;
  const options: SpawnSyncOptions = {
    cwd,
    env: { ...Object.fromEntries(withoutPython), ...env },
    timeout: seconds * 1000,
    killSignal: 'SIGKILL',
    maxBuffer: 1 << 28,
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  };
  const { status, stdout, stderr, error } = spawnSync(program, args, { ...options, input, encoding: 'utf8' });
  return { status, stdout: stdout ?? '', stderr: (stderr ?? '') + (error ? `\n${error.message}` : '') };
}

/** Runs a command that must succeed, and returns what it prints. */
export function ask(command: readonly string[], where: Where = {}): string {
  const { status, stdout, stderr } = run(command, where);
  if (status === 0) return stdout;
  throw new Error(`${command.join(' ')} ended with status ${status}:\n${stderr}${stdout}`.slice(0, 4000));
}
