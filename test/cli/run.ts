import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');

export interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Where {
  readonly cwd?: string;
  readonly program?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
}

/** Runs `./pharos` as a user does: no terminal, a time limit. */
export function pharos(
  args: readonly string[],
  { cwd = root, program = join(root, 'pharos'), env, input }: Where = {},
): Ran {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd,
    env: env ?? process.env,
    encoding: 'utf8',
    timeout: 110_000,
    ...(input === undefined ? { stdio: ['ignore', 'pipe', 'pipe'] } : { input }),
  });
  return { status, stdout, stderr };
}
