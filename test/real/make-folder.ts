import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder that everybody may use; the caller removes it. */
export function makeFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `pharos-${name}-`));
  chmodSync(folder, 0o777);
  return folder;
}
