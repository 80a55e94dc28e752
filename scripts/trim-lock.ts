// Leaves only packages for Linux on x64 and arm64 with glibc in package-lock.json: a registry may lack
// packages of other platforms, and a lock file that names them then fails to install.
import { readFileSync, writeFileSync } from 'node:fs';

interface LockedPackage {
  readonly os?: string | string[];
  readonly cpu?: string | string[];
  readonly libc?: string | string[];
  readonly [field: string]: unknown;
}
export interface Lock {
  readonly packages: Record<string, LockedPackage>;
  readonly [field: string]: unknown;
}

function allows(names: string | string[] | undefined, ...wanted: string[]): boolean {
  const list = [names ?? []].flat();
  return list.length === 0 || wanted.some((name) => list.includes(name));
}

function isOurs({ os, cpu, libc }: LockedPackage): boolean {
  return allows(os, 'linux') && allows(cpu, 'x64', 'arm64') && allows(libc, 'glibc');
}

/** The lock without packages of other platforms, nor what is nested below them. */
export function trimLock(lock: Lock): Lock {
  const foreign = Object.keys(lock.packages).filter((path) => !isOurs(lock.packages[path] ?? {}));
  const kept = Object.entries(lock.packages).filter(
    ([path]) => !foreign.some((other) => path === other || path.startsWith(`${other}/`)),
  );
  return { ...lock, packages: Object.fromEntries(kept) };
}

if (import.meta.main) {
  const file = new URL('../package-lock.json', import.meta.url);
  const lock = JSON.parse(readFileSync(file, 'utf8')) as Lock;
  writeFileSync(file, `${JSON.stringify(trimLock(lock), null, 2)}\n`);
}
