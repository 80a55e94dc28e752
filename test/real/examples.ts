import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ask, root } from './run.ts';

/** The Python of the machine, past any shim on the path. */
export const systemPython = existsSync('/usr/bin/python3') ? '/usr/bin/python3' : 'python3';

export const environment = join(root, 'examples/.venv');

export const example = (name: string): string => join(root, 'examples', name, `${name}.py`);

/** The examples' Python; makes its environment as examples/README.md tells, where it is not there yet. */
export function examplesPython(): string {
  const python = join(environment, 'bin/python');
  const marker = join(environment, 'lib');
  if (!existsSync(python) || !existsSync(marker)) ask([systemPython, '-m', 'venv', environment]);
  const requirements = join(root, 'examples/requirements.txt');
  const install = ['-m', 'pip', 'install', '--quiet', '--only-binary', ':all:', '-r', requirements];
  ask([python, ...install], { seconds: 500 });
  return python;
}
