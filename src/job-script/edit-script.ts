import { failure, type Result, shellWord, success } from '#base';
import { type Doubt, findLaunches, type ImagePrograms, type Launch } from './find-launches.ts';
import { readScript, type ShellScript } from './read-script.ts';

/** Text to put into the script at a place. All that an edit does is to add. */
export interface Insertion {
  readonly at: number;
  readonly text: string;
}

export interface ScriptNote {
  /** From 1. */
  readonly line: number;
  readonly message: string;
}

export interface EditedScript {
  readonly text: string;
  readonly insertions: readonly Insertion[];
  /** What was left as it is and why, and what a person should look at. */
  readonly notes: readonly ScriptNote[];
}

/** Job scripts are a few kilobytes; this is more than any. */
const MOST_CHARACTERS = 1024 * 1024;
const COLUMNS = 80;

/** The lines that stage once a job and clean up at its end, whatever ends it; the job's status stays. */
export function stageLines(launch: string): readonly string[] {
  return [
    '# The image is put on all nodes once, and taken away when the script ends.',
    `${shellWord(launch)} --stage || exit`,
    `trap ${shellWord(`${shellWord(launch)} --clean`)} EXIT`,
  ];
}

const lineOf = (text: string, at: number) => text.slice(0, at).split('\n').length;
const lineStart = (text: string, at: number) => text.lastIndexOf('\n', at - 1) + 1;

/** Scripts of other shells and languages are not read. */
function checkShell(text: string): Result<undefined> {
  const cannot = (message: string, hint: string) => failure({ code: 'job-script/not-read', message, hint });
  const byHand = 'Put IMAGE/launch before the command by hand.';
  if (text.length > MOST_CHARACTERS) return cannot('the script is longer than any job script', byHand);
  if (text.includes('\0')) return cannot('the script is no text', 'Give a job script of sh or bash.');
  if (text.includes('\r\n')) return cannot('the lines end as on Windows', 'Convert it with dos2unix first.');
  const [, program = ''] = /^#![ \t]*(.*)/.exec(text) ?? [];
  if (program === '' || /(?:^|\/|\s)(?:ba|da|k|z|a)?sh(?:\s|$)/.test(program)) return success(undefined);
  return cannot(`the script is one of ${program.trim()}, and only those of sh and bash are read`, byHand);
}

/** `launch` before a command; from a line of its own where the line would become too long to read. */
function prefixAt(text: string, at: number, launch: string): Insertion {
  const start = lineStart(text, at);
  const end = text.indexOf('\n', at);
  const word = `${shellWord(launch)} `;
  const whole = text.slice(start, end < 0 ? text.length : end).length + word.length;
  const indent = /^[ \t]*/.exec(text.slice(start))?.[0] ?? '';
  return { at, text: whole > COLUMNS && at > start + indent.length ? `\\\n${indent}  ${word}` : word };
}

function stageBefore(text: string, [first]: readonly Launch[], launch: string): Insertion {
  const at = lineStart(text, first?.command.statementStart ?? 0);
  return { at, text: `${stageLines(launch).join('\n')}\n` };
}

const setsTrap = ({ commands }: ShellScript) =>
  commands.find(({ words }) => words[0]?.text === 'trap' && words.some(({ text }) => text === 'EXIT' || text === '0'));

const usesExec = ({ command }: Launch) => command.words[0]?.text === 'exec';

interface Remark {
  readonly at: number;
  readonly message: string;
}

function doubtRemark({ at, because }: Doubt): Remark {
  return { at, message: `left as it is: ${because}; put the image's launch before the command by hand` };
}

function cleaningRemarks(script: ShellScript, launches: readonly Launch[], launch: string): Remark[] {
  const trap = setsTrap(script);
  const last = launches.find(usesExec);
  const clean = `${shellWord(launch)} --clean`;
  return [
    ...(trap
      ? [{ at: trap.words[0]?.start ?? 0, message: `the script has a trap of its own: add ${clean} to it` }]
      : []),
    ...(last ? [{ at: last.at, message: `exec leaves nobody to clean up: leave it out, or run ${clean} later` }] : []),
  ];
}

/** Puts `launch` before the commands that the image is for, and what stages it once before the first. */
export function editScript(text: string, programs: ImagePrograms, maker?: string): Result<EditedScript> {
  const readable = checkShell(text);
  if (!readable.ok) return readable;
  const script = readScript(text);
  if (script.isBroken) {
    return failure({
      code: 'job-script/not-read',
      message: 'quotes, brackets or compound commands of the script do not close, as it is read here',
      hint: 'Check it with bash -n, or put IMAGE/launch before the command by hand.',
    });
  }
  const { launches, doubts, done } = findLaunches(script, programs, maker);
  const { launch } = programs;
  const isStaged = script.commands.some(
    ({ words }) => words.some(({ text: word }) => word === '--stage') && /\/launch$/.test(words[0]?.text ?? ''),
  );
  const hasTrap = setsTrap(script) !== undefined;
  const stage = stageBefore(text, launches, launch);
  const staging = hasTrap ? { ...stage, text: `${stageLines(launch).slice(0, 2).join('\n')}\n` } : stage;
  const insertions = [
    ...(launches.length > 0 && !isStaged ? [staging] : []),
    ...launches.map(({ at }) => prefixAt(text, at, launch)),
  ];
  const remarks = [
    ...doubts.map(doubtRemark),
    ...(insertions.length > 0 ? cleaningRemarks(script, launches, launch) : []),
    ...(done > 0 ? [{ at: 0, message: 'commands that start from an image already were left as they are' }] : []),
  ];
  return success({
    text: applyInsertions(text, insertions),
    insertions,
    notes: remarks.sort((a, b) => a.at - b.at).map(({ at, message }) => ({ line: lineOf(text, at), message })),
  });
}

function applyInsertions(text: string, insertions: readonly Insertion[]): string {
  let result = '';
  let from = 0;
  for (const { at, text: added } of insertions) {
    result += text.slice(from, at) + added;
    from = at;
  }
  return result + text.slice(from);
}
