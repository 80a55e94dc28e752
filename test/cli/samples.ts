import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll } from 'vitest';
import type { Recording } from '#schema';
import { writeRecording } from '../recordings/write-recording.ts';

/** A folder that goes with the test file. */
export function scratchFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `pharos-${name}-`));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function writeSample(path: string, recording: Recording): string {
  writeFileSync(path, gzipSync(writeRecording(recording)));
  return path;
}
