import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readlinkSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** A stage is written once, and marked as complete last. */
function isOlder(stage: string, since: number): boolean {
  return statSync(join(stage, '.pharos', 'complete')).mtimeMs < since;
}

/** Each process that uses a stage has a file of its number and namespace there (launch/process.sh). Of another namespace, nobody can tell. */
function isUsed(stage: string): boolean {
  const namespace = readlinkSync('/proc/self/ns/pid').replace(/\D/g, '');
  return readdirSync(join(stage, '.pharos', 'users')).some((name) => {
    const [number, mark = ''] = name.split('.');
    return !mark.startsWith(`${namespace}-`) || existsSync(`/proc/${number}`);
  });
}

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
