import { rmSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { makeFolder } from './make-folder.ts';

/** A folder for one test. */
export function scratch(name: string): string {
  const folder = makeFolder(name);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
