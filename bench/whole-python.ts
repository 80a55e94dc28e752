import { mkdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { systemPython } from '../test/real/examples.ts';
import { ask } from '../test/real/run.ts';

const WHERE = 'import os, sys, sysconfig; print(os.path.realpath(sys.executable), sysconfig.get_path("stdlib"))';

/**
 * The machine's Python below one folder, and in it a virtual environment on that, without packages: a start from a mount
 * of the folder asks the mount for everything but the C library. Returns where the packages go.
 */
export function copyPython(environment: string): string {
  const [program = '', library = ''] = ask([systemPython, '-c', WHERE]).trim().split(' ');
  const name = basename(program);
  for (const folder of ['bin', 'lib']) mkdirSync(join(environment, folder), { recursive: true });
  ask(['cp', '-a', program, join(environment, 'bin', name)]);
  ask(['cp', '-a', library, join(environment, 'lib')]);
  ask([join(environment, 'bin', name), '-m', 'venv', '--without-pip', join(environment, 'venv')]);
  const python = join(environment, 'venv/bin/python');
  return ask([python, '-c', 'import sysconfig; print(sysconfig.get_path("purelib"))']).trim();
}
