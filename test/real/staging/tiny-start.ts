import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Ran, run } from '../run.ts';
import type { TinyImage } from './tiny-image.ts';

/** The folder of this user below a destination. */
export const own = `pharos-${process.getuid?.() ?? 0}`;

/** Starts the tiny job from its image, staged below `destination`. */
export function startTiny(
  destination: string,
  image: TinyImage,
  options: readonly string[] = [],
  env: Record<string, string> = {},
): Ran {
  const command = [image.launch, '--dest', destination, ...options, image.python, 'app.py', 'again'];
  return run(command, { cwd: image.project, env });
}

export function expectGreeting({ status, stdout, stderr }: Ran): void {
  expect(stderr).toBe('');
  expect(stdout).toBe('hello world again\n');
  expect(status).toBe(0);
}

export function expectRefusal({ status, stdout, stderr }: Ran, because: RegExp): void {
  expect(status).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toMatch(because);
  const lines = stderr.trim().split('\n');
  expect(lines.every((line) => line.startsWith('pharos: '))).toBe(true);
  expect(lines).toHaveLength(2);
}

/** Stages that are there, whole or not. */
export const listStages = (destination: string): string[] =>
  existsSync(join(destination, own))
    ? readdirSync(join(destination, own)).filter((name) => !name.startsWith('.lock.'))
    : [];

/** A folder of programs that stands before those of the machine. */
export function programs(folder: string, scripts: Readonly<Record<string, string>>): Record<string, string> {
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return { PHAROS_TOOL_PATH: `${folder}:/usr/bin:/bin:/usr/sbin` };
}
