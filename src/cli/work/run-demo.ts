import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { failure, type Result, success } from '#base';
import type { Context } from '../command.ts';
import { sayErrno } from '../files/index.ts';
import { auditCommand } from './audit-command.ts';
import { wait } from './collect.ts';
import { findPython } from './python.ts';

/** Written last: an environment without it was interrupted, or asks for other packages now. */
const MARK = 'pharos-examples';

async function run(program: string, args: readonly string[], unless: { message: string; hint: string }) {
  const ended = await wait(program, args);
  const isWell = ended.ok && ended.value.status === 0;
  return isWell ? success(undefined) : failure({ code: 'cli/no-examples', ...unless });
}

async function makeEnvironment(folder: string, requirements: string, context: Context): Promise<Result<undefined>> {
  const python = findPython(context.environment, 'import venv, ensurepip');
  if (!python.ok) {
    const plain = findPython(context.environment);
    if (!plain.ok) return plain;
    return failure({
      code: 'cli/no-venv',
      message: `${plain.value} cannot make virtual environments: its module venv or ensurepip is missing`,
      hint: 'Install it, on Debian: apt-get install python3-venv.',
    });
  }
  const { err } = context.terminal;
  err.print(`pharos demo: making ${folder} with the packages of the examples (the first time: a few minutes)`);
  const made = await run(python.value, ['-m', 'venv', '--clear', folder], {
    message: `${folder} could not be made`,
    hint: 'See what python3 -m venv said above.',
  });
  if (!made.ok) return made;
  const options = ['--disable-pip-version-check', '--no-input', '--quiet', '--only-binary', ':all:'];
  return run(join(folder, 'bin', 'python'), ['-m', 'pip', 'install', ...options, '--requirement', requirements], {
    message: 'the packages of the examples could not be installed',
    hint: 'Check that PyPI, or the index that pip is set to, can be reached, then run pharos demo again.',
  });
}

async function prepare(folder: string, requirements: string, context: Context): Promise<Result<undefined>> {
  const mark = join(folder, MARK);
  if (existsSync(mark) && existsSync(join(folder, 'bin', 'python'))) return success(undefined);
  const made = await makeEnvironment(folder, requirements, context);
  if (!made.ok) return made;
  try {
    writeFileSync(
      mark,
      'The environment of the examples of pharos; pharos demo makes it again when this is missing.\n',
    );
    return success(undefined);
  } catch (error) {
    rmSync(mark, { force: true });
    return failure({ code: 'cli/no-examples', message: `${mark} cannot be written: ${sayErrno(error)}` });
  }
}

/** What a user does with a job of their own, on an example: `pharos audit -- examples/.venv/bin/python examples/heat/heat.py`. */
export async function runDemo(context: Context): Promise<Result<number>> {
  const examples = join(context.folder, 'examples');
  const environment = join(examples, '.venv');
  const prepared = await prepare(environment, join(examples, 'requirements.txt'), context);
  if (!prepared.ok) return prepared;
  // Said as a user would type it here.
  const shown = (path: string) => {
    const near = relative(process.cwd(), path);
    return near.startsWith('..') ? path : near;
  };
  const command = [shown(join(environment, 'bin', 'python')), shown(join(examples, 'heat', 'heat.py'))];
  context.terminal.err.print(`pharos audit -- ${command.join(' ')}`);
  return auditCommand(command, {}, context);
}
