import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ask } from '../../test/real/run.ts';
import { copyPython } from '../whole-python.ts';
import { job } from './job.ts';
import { environment, local, project, python, script, shared } from './places.ts';

const MAIN = 'if __name__ == "__main__":\n';

/** What the job prints when its imports are done. */
export const IMPORTED = 'imported';

function writeScript(): void {
  const text = readFileSync(job.script, 'utf8');
  const wait = `    import sys\n\n    print("${IMPORTED}", flush=True)\n    sys.stdin.readline()\n`;
  if (!text.includes(MAIN)) throw new Error('the job has no main part');
  mkdirSync(project, { recursive: true });
  writeFileSync(script, text.replace(MAIN, `${MAIN}${wait}`));
}

/** The venv's link to its Python is relative. */
function build(): void {
  job.install(copyPython(environment), python);
  const program = ask(['readlink', '-f', python]).trim();
  rmSync(python);
  symlinkSync(join('../../bin', basename(program)), python);
}

/** Made once: build/staging/shared. Read once, so that no server reads its disk. */
export function makeEnvironment(): void {
  const complete = join(shared, '.complete');
  if (!existsSync(complete)) {
    rmSync(shared, { recursive: true, force: true });
    mkdirSync(environment, { recursive: true });
    build();
    writeScript();
    writeFileSync(`${complete}.part`, '');
    renameSync(`${complete}.part`, complete);
  }
  mkdirSync(local, { recursive: true });
  for (let again = 0; again < 2; again += 1) ask([python, script], { input: '\n' });
}
