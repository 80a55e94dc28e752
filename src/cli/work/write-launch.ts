import { readFileSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import {
  failure,
  formatBytes,
  formatCountOf,
  pathBytes,
  pathOfBytes,
  printable,
  type Result,
  success,
  sum,
} from '#base';
import { editScript, type ImagePrograms, type ScriptKind, unifiedDiff, writeScript } from '#job-script';
import type { Context } from '../command.ts';
import { type Image, readImage, sayErrno, writeOwn } from '../files/index.ts';

/** As commander gives them. */
export interface LaunchOptions {
  readonly out?: string;
  readonly for?: ScriptKind;
  readonly launcher?: string;
  readonly nodes: number;
  readonly ranksPerNode: number;
  readonly minutes: number;
}

/** More than any job script. */
const MOST_SCRIPT_BYTES = 1024 * 1024;
const RUNNABLE = 0o755;

const usage = (message: string, hint: string) => failure({ code: 'cli/usage', message, hint });

function programsOf({ launch, manifest }: Image): ImagePrograms {
  const { files, python, script } = manifest;
  const inBin = files.flatMap(({ path }) => (/\/bin\/[^/]+$/.test(path) ? [basename(path)] : []));
  return { launch, names: new Set([...inBin, basename(python.executable)]), script };
}

interface ScriptFile {
  readonly text: string;
  readonly mode: number;
}

function readScriptFile(path: string): Result<ScriptFile> {
  const cannot = (why: string) =>
    failure({ code: 'cli/cannot-read', message: `${path}: ${why}`, hint: 'Give a job script of sh or bash.' });
  try {
    const found = statSync(path);
    if (!found.isFile()) return cannot('it is not a file');
    if (found.size > MOST_SCRIPT_BYTES) return cannot('it is longer than any job script');
    return success({ text: pathOfBytes(readFileSync(path)), mode: found.mode & 0o777 });
  } catch (error) {
    return cannot(sayErrno(error));
  }
}

/** To a file aside, or to stdout. */
function write(text: string, mode: number, { out }: LaunchOptions, { terminal }: Context): Result<number> {
  if (!out) {
    terminal.out.print(text);
    return success(0);
  }
  const written = writeOwn(out, pathBytes(text), mode);
  if (!written.ok) return written;
  terminal.err.print(`written: ${printable(out)}`);
  return success(0);
}

function edit(image: Image, path: string, options: LaunchOptions, context: Context): Result<number> {
  const script = readScriptFile(path);
  if (!script.ok) return script;
  const { text, mode } = script.value;
  const edited = editScript(text, programsOf(image), options.launcher);
  if (!edited.ok) return failure({ ...edited.failure, message: `${path}: ${edited.failure.message}` });
  const { insertions, notes } = edited.value;
  const { err, out } = context.terminal;
  for (const { line, message } of notes) err.print(printable(`${path}:${line}: ${message}`).replaceAll('\n', ' '));
  if (insertions.length === 0) {
    return failure({
      code: 'cli/nothing-to-edit',
      message: `${path} has no command to start from the image that can be told for sure`,
      hint: `Put ${image.launch} before the command that starts Python.`,
    });
  }
  if (options.out) return write(edited.value.text, mode, options, context);
  out.print(unifiedDiff(path, text, insertions));
  return success(0);
}

function writeNew({ launch, manifest }: Image, options: LaunchOptions, context: Context): Result<number> {
  const { python, script } = manifest;
  const recorded = script === undefined ? [] : [python.executable, script];
  const command = context.command.length > 0 ? context.command : recorded;
  if (command.length === 0) {
    return usage('the image does not tell which script it is for', 'Give the command after --.');
  }
  if (!options.for) {
    return usage(
      'there is no job script, and nothing to say which kind a new one is',
      'Name one with --for, as --for slurm.',
    );
  }
  const { nodes, ranksPerNode, minutes } = options;
  return write(writeScript(options.for, { launch, command, nodes, ranksPerNode, minutes }), RUNNABLE, options, context);
}

/** What each node still reads from where it was. */
function tellLeft({ manifest: { left = [] } }: Image, { terminal }: Context): void {
  if (left.length === 0) return;
  const size = formatBytes(sum(left, ({ bytes }) => bytes));
  const which = formatCountOf(left.length, 'very large library', 'very large libraries');
  terminal.err.print(
    `left out of the image for their cost: ${which} (${size}); each node reads what it touches of them`,
  );
}

/** Shows the edit of a job script for an image, or writes a new one. */
export async function writeLaunch(
  folder: string,
  script: string | undefined,
  options: LaunchOptions,
  context: Context,
): Promise<Result<number>> {
  const image = readImage(folder);
  if (!image.ok) return image;
  tellLeft(image.value, context);
  if (script === undefined) return writeNew(image.value, options, context);
  if (context.command.length > 0) {
    return usage(`there is a script (${script}) and a command after --`, 'Give one of the two.');
  }
  return edit(image.value, script, options, context);
}
