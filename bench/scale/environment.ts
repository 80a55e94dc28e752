import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment as examplesEnvironment, examplesPython } from '../../test/real/examples.ts';
import { ask, root } from '../../test/real/run.ts';
import { copyPython } from '../whole-python.ts';

// A whole Python below one folder, so that a start from a mount of it asks the mount for everything but the C library.
// A copy: servers of network file systems write attributes of their own beside the files.

export const built = join(root, 'build/scale');

/** Each node sees its own mount here, as the nodes of a cluster do: paths are the same on all of them. */
export const shared = join(built, 'shared');

export const environment = join(shared, 'environment');

export const python = join(environment, 'venv/bin/python');

/** Of one rank. Each writes a dot when it has started, whatever it takes to end. */
export interface Job {
  readonly id: string;
  readonly imports: string;
}

export const JOBS: readonly Job[] = [
  { id: 'json', imports: 'json' },
  { id: 'numpy', imports: 'numpy' },
  { id: 'sparse', imports: 'numpy, scipy.sparse' },
];

export const scriptOf = ({ id }: Job): string => join(environment, `jobs/start-${id}.py`);

/** Of the examples' environment, what the jobs import. Times stay as they are, or bytecode would be stale. */
const PACKAGES = ['numpy', 'numpy.libs', 'scipy', 'scipy.libs'];

function build(): void {
  examplesPython();
  const site = copyPython(environment);
  mkdirSync(join(environment, 'jobs'));
  const from = site.replace(join(environment, 'venv'), examplesEnvironment);
  for (const folder of PACKAGES) ask(['cp', '-a', join(from, folder), site]);
}

/** Made once: build/scale/environment. Files are read once, so that no start reads the disk. */
export function makeEnvironment(): void {
  const complete = join(shared, 'complete');
  if (!existsSync(complete)) {
    rmSync(environment, { recursive: true, force: true });
    mkdirSync(environment, { recursive: true });
    build();
    writeFileSync(`${complete}.part`, '');
    renameSync(`${complete}.part`, complete);
  }
  for (const job of JOBS) {
    writeFileSync(
      scriptOf(job),
      `import ${job.imports}\n\nif __name__ == "__main__":\n    print(".", end="", flush=True)\n`,
    );
    for (let again = 0; again < 2; again += 1) ask([python, scriptOf(job)]);
  }
}
