import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A stage is written once, and marked as complete last. */
function isOlder(stage: string, since: number): boolean {
  return statSync(join(stage, '.pharos', 'complete')).mtimeMs < since;
}

/** Each process that uses a stage has a file of its number there. */
const isUsed = (stage: string): boolean =>
  readdirSync(join(stage, '.pharos', 'users')).some((name) => existsSync(`/proc/${name}`));

/** Takes away a stage that was made since, in milliseconds since 1970, and is kept for us only. */
export function cleanStage(launch: string, stage: string, since: number): void {
  try {
    if (isOlder(stage, since)) return;
    rmSync(join(stage, '.pharos', 'keep'), { force: true });
    // Whoever else uses it takes it away at its end.
    if (!isUsed(stage)) spawnSync(launch, ['--clean-here'], { stdio: 'ignore' });
  } catch {
    // It has gone already.
  }
}
