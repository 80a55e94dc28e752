import { jobLaunchers, otherLaunchers } from '#knowledge';
import { findLaunched, findOtherLauncher, findWrapped, launchersOf } from './find-command.ts';
import type { ShellCommand, ShellScript, ShellWord } from './read-script.ts';

/** What an image is for, as far as a line of a script can tell it. */
export interface ImagePrograms {
  /** Its program, absolute. */
  readonly launch: string;
  /** Names of the interpreter and of the scripts that are in the image's `bin` folders. */
  readonly names: ReadonlySet<string>;
  /** The script that was recorded. */
  readonly script: string | undefined;
}

/** A command to start from the image: `launch` goes before the word at `at`. */
export interface Launch {
  readonly at: number;
  readonly command: ShellCommand;
}

/** What a person must look at: the fact, and where in the text. */
export interface Doubt {
  readonly at: number;
  readonly because: string;
}

export interface Found {
  readonly launches: readonly Launch[];
  readonly doubts: readonly Doubt[];
  /** Commands that start from the image already. */
  readonly done: number;
}

const baseName = (path: string) => path.slice(path.lastIndexOf('/') + 1);
const PYTHON = /^(?:python|pypy)[\d.]*$/;
const LAUNCHER_NAMES = [...new Set([...jobLaunchers.flatMap(({ commands }) => commands), ...otherLaunchers])];
const MENTION = new RegExp(
  `(?:^|[\\s;&|(\`'"/])(?:${LAUNCHER_NAMES.map((name) => name.replaceAll('.', '\\.')).join('|')})\\s`,
  'm',
);

const isPython = (word: ShellWord | undefined) => PYTHON.test(baseName(word?.text ?? ''));
const isProgram = (word: ShellWord | undefined, { names, script }: ImagePrograms) => {
  const name = baseName(word?.text ?? '');
  return isPython(word) || names.has(name) || (script !== undefined && name === baseName(script));
};
const isLaunch = (word: ShellWord | undefined, { launch }: ImagePrograms) =>
  word?.text === launch || /\/launch$/.test(word?.text ?? '');

type Look = { readonly starts: readonly number[] } | { readonly doubt: string } | 'done' | 'other';

/** The command at `start`, behind `numactl` and its like. */
function lookAt(words: readonly ShellWord[], start: number, programs: ImagePrograms): Look {
  const wrapped = findWrapped(words, start);
  if (wrapped.kind === 'unclear') return words.slice(start).some(isPython) ? { doubt: wrapped.because } : 'other';
  const [at = start] = wrapped.starts;
  if (isLaunch(words[at], programs)) return 'done';
  if (isProgram(words[at], programs)) return { starts: [at] };
  if (words[at]?.isLiteral === false && !words[at]?.text.includes('/')) {
    return { doubt: `what ${words[at]?.text} is, is known only when the job runs` };
  }
  const inside = words.slice(at + 1).find((word) => isPython(word));
  return inside ? { doubt: `${words[at]?.text} starts ${inside.text}, in a way that is not known` } : 'other';
}

function lookBehindLauncher(words: readonly ShellWord[], at: number, programs: ImagePrograms, maker?: string): Look {
  const isLikely = (start: number) => lookAt(words, start, programs) !== 'other';
  const launched = findLaunched(words, at, isLikely, maker);
  if (launched.kind === 'unclear') return { doubt: launched.because };
  const looks = launched.starts.map((start) => lookAt(words, start, programs));
  const doubt = looks.find((look) => typeof look === 'object' && 'doubt' in look);
  if (doubt) return doubt;
  const starts = looks.flatMap((look) => (typeof look === 'object' && 'starts' in look ? look.starts : []));
  if (starts.length > 0) return { starts };
  return looks.includes('done') ? 'done' : 'other';
}

/** Without a launcher, only what was recorded: scripts run Python for many other things. */
function lookWithoutLauncher(words: readonly ShellWord[], at: number, programs: ImagePrograms): Look {
  if (isLaunch(words[at], programs)) return 'done';
  const { script } = programs;
  if (script === undefined) return 'other';
  const isScript = (word: ShellWord | undefined) => baseName(word?.text ?? '') === baseName(script);
  if (isScript(words[at])) return { starts: [at] };
  const argument = words.slice(at + 1).find(({ text }) => !text.startsWith('-'));
  if (isPython(words[at]) && isScript(argument)) return { starts: [at] };
  const inside = words.slice(at + 1).some(isScript) && words.slice(at).some(isPython);
  return inside ? { doubt: `${words[at]?.text} starts Python in a way that is not known` } : 'other';
}

function lookAtCommand({ words }: ShellCommand, programs: ImagePrograms, maker?: string): Look {
  if (words.some(({ isLiteral, text }) => !isLiteral && /\$\(|`/.test(text) && MENTION.test(text))) {
    return { doubt: 'a launcher is started within another command' };
  }
  const wrapped = findWrapped(words, 0);
  if (wrapped.kind === 'unclear') return words.some(isPython) ? { doubt: wrapped.because } : 'other';
  const [at = 0] = wrapped.starts;
  if (launchersOf(words, at).length > 0) return lookBehindLauncher(words, at, programs, maker);
  const other = findOtherLauncher(words.slice(at));
  if (other) return { doubt: `the options of ${other} are not known` };
  const text = words[at]?.text ?? '';
  const isVariable = words[at]?.isLiteral === false && /^\$\{?\w+\}?$/.test(text);
  if (isVariable && words.slice(at + 1).some(isPython))
    return { doubt: `what ${text} is, is known only when the job runs` };
  const hidden = words.slice(at + 1).find((word) => MENTION.test(` ${word.text} `) && word.text.includes(' '));
  if (hidden && words.some(({ text: one }) => /\bpython|\.py\b/.test(one))) {
    return { doubt: 'a launcher is started within the text of another command' };
  }
  return lookWithoutLauncher(words, at, programs);
}

/** A pattern of `case` looks like a command that `)` ends. */
const isPattern = ({ endedBy, after }: ShellCommand) => endedBy === ')' && /^;(?:;|&|;&)$/.test(after);

/** Finds what a script starts that the image is for. Where its text does not tell, that is a doubt: nothing is guessed. */
export function findLaunches(script: ShellScript, programs: ImagePrograms, maker?: string): Found {
  const launches: Launch[] = [];
  const doubts: Doubt[] = [];
  let done = 0;
  for (const command of script.commands) {
    if (isPattern(command)) continue;
    const look = lookAtCommand(command, programs, maker);
    if (look === 'done') done += 1;
    if (typeof look === 'string') continue;
    if ('doubt' in look) doubts.push({ at: command.words[0]?.start ?? 0, because: look.doubt });
    else launches.push(...look.starts.map((start) => ({ at: command.words[start]?.start ?? 0, command })));
  }
  for (const { start, text } of script.documents) {
    if (MENTION.test(text)) doubts.push({ at: start, because: 'a here-document mentions a launcher' });
  }
  return { launches, doubts: doubts.sort((a, b) => a.at - b.at), done };
}
