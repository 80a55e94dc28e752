import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** A folder that everybody may use; the caller removes it. */
export function makeFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `pharos-${name}-`));
  chmodSync(folder, 0o777);
  return folder;
}

/** A folder for one test. */
export function scratch(name: string): string {
  const folder = makeFolder(name);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
