import { type CommandWrapper, commandWrappers, type JobLauncher, jobLaunchers, otherLaunchers } from '#knowledge';
import type { ShellWord } from './read-script.ts';

/** The words of a launch that begin the commands it starts, by their place in the line; or why they are not known. */
export type FoundCommands =
  | { readonly kind: 'found'; readonly starts: readonly number[] }
  | { readonly kind: 'unclear'; readonly because: string };

type Step = { readonly kind: 'skip'; readonly words: number } | { readonly kind: 'unclear'; readonly because: string };

type Options = Pick<JobLauncher, 'value' | 'flag' | 'two' | 'instead' | 'spelling'>;

const unclear = (because: string) => ({ kind: 'unclear', because }) as const;
const skip = (words: number): Step => ({ kind: 'skip', words });

/** How many words an option takes, by its name without hyphens. */
function byName({ value, flag, two = [], instead = {} }: Options, name: string, isAttached: boolean): Step {
  const because = Object.hasOwn(instead, name) ? instead[name] : undefined;
  if (because) return unclear(because);
  if (value.includes(name)) return skip(isAttached ? 1 : 2);
  if (two.includes(name)) return skip(isAttached ? 2 : 3);
  return flag.includes(name) ? skip(1) : unclear(`what -${name.length > 1 ? '-' : ''}${name} takes is not known`);
}

/** `-n4`, `-lu`, `-N 2`: letters in one word, until one takes the rest of it or the next word. */
function byLetters(options: Options, letters: string): Step {
  for (const [index, letter] of [...letters].entries()) {
    if (options.value.includes(letter)) return skip(index === letters.length - 1 ? 2 : 1);
    const step = byName(options, letter, false);
    if (step.kind === 'unclear') return step;
    // What follows such a letter may be its optional value; what matters is that it is this word's.
    if (/^\d/.test(letters.slice(index + 1))) return skip(1);
  }
  return skip(1);
}

function readOption(options: Options, word: ShellWord): Step {
  const equals = word.text.indexOf('=');
  const name = (equals < 0 ? word.text : word.text.slice(0, equals)).replace(/^--?/, '');
  if (/[$`]/.test(name) && !/^\w\$/.test(name)) return unclear(`${word.text} is known only when the job runs`);
  if (options.spelling === 'getopt' && !word.text.startsWith('--')) return byLetters(options, word.text.slice(1));
  return byName(options, name, equals >= 0);
}

/** The place of the first word that is no option, from `at` on. */
function skipOptions(options: Options, words: readonly ShellWord[], at: number): FoundCommands {
  let index = at;
  for (let word = words[index]; word; word = words[index]) {
    if (word.text === '--') return found(words, index + 1);
    if (!word.text.startsWith('-')) return found(words, index);
    const step = readOption(options, word);
    if (step.kind === 'unclear') return step;
    index += step.words;
  }
  return unclear('there is no command');
}

function found(words: readonly ShellWord[], index: number): FoundCommands {
  const word = words[index];
  if (!word) return unclear('there is no command');
  // `$OPTIONS` may be anything; `"$PYTHON"` and `$ENV/bin/python` are one word each.
  if (word.maySplit && !/\/[\w.+-]+$/.test(word.text)) {
    return unclear(`${word.text} may be options, or the command`);
  }
  return { kind: 'found', starts: [index] };
}

const baseName = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/** Launchers of every maker that this line may mean; `flux run` is two words. */
export function launchersOf(words: readonly ShellWord[], at: number): readonly JobLauncher[] {
  const first = baseName(words[at]?.text ?? '');
  const typed = words.slice(at, at + 3).map(({ text }, index) => (index === 0 ? first : text));
  return jobLaunchers.filter(({ commands }) =>
    commands.some((command) => command.split(' ').every((word, index) => typed[index] === word)),
  );
}

function afterLauncher(launcher: JobLauncher, words: readonly ShellWord[], at: number): FoundCommands {
  const first = baseName(words[at]?.text ?? '');
  const length = Math.max(
    ...launcher.commands.filter((name) => name.split(' ')[0] === first).map((name) => name.split(' ').length),
  );
  const own = words[at + 1]?.text === 'run' ? Math.min(length, 2) : length;
  const starts: number[] = [];
  // `launcher A : B` starts two programs.
  for (let from = at + own; from <= words.length; ) {
    const colon = words.findIndex(({ text, isLiteral }, index) => index >= from && isLiteral && text === ':');
    const to = colon < 0 ? words.length : colon;
    const one = skipOptions(launcher, words.slice(0, to), from);
    if (one.kind === 'unclear') return one;
    starts.push(...one.starts);
    from = to + 1;
  }
  return { kind: 'found', starts };
}

/** What starts behind the launcher at `at`. Makers that read the line differently must agree, or one alone must fit what `isLikely` knows. */
export function findLaunched(
  words: readonly ShellWord[],
  at: number,
  isLikely: (start: number) => boolean,
  maker?: string,
): FoundCommands {
  const all = launchersOf(words, at);
  const asked = all.filter(({ id }) => id === maker);
  const readings = (asked.length > 0 ? asked : all).map((launcher) => afterLauncher(launcher, words, at));
  const whole = readings.filter((reading) => reading.kind === 'found');
  const likely = whole.filter(({ starts }) => starts.some(isLikely));
  const candidates = likely.length > 0 ? likely : whole;
  const distinct = new Set(candidates.map(({ starts }) => starts.join()));
  if (distinct.size > 1) return unclear(`${words[at]?.text}s of different makers read it differently`);
  return candidates[0] ?? readings[0] ?? unclear('it is no launcher');
}

const wrapperOf = (word: ShellWord | undefined): CommandWrapper | undefined =>
  word?.isLiteral ? commandWrappers.find(({ command }) => command === baseName(word.text)) : undefined;

/** `VAR=value` in front of a command. */
const isAssignment = ({ text }: ShellWord) => /^[A-Za-z_]\w*\+?=/.test(text);

/** The place of the command behind assignments and commands such as `time`, `env` or `numactl`. */
export function findWrapped(words: readonly ShellWord[], at: number): FoundCommands {
  let index = at;
  for (;;) {
    for (let word = words[index]; word && isAssignment(word); word = words[index]) index += 1;
    const wrapper = wrapperOf(words[index]);
    if (!wrapper) return words[index] ? { kind: 'found', starts: [index] } : unclear('there is no command');
    const behind = skipOptions({ ...wrapper, spelling: 'getopt' }, words, index + 1);
    if (behind.kind === 'unclear') return behind;
    index = (behind.starts[0] ?? index) + wrapper.operands;
  }
}

/** A launcher whose options are not known. */
export function findOtherLauncher(words: readonly ShellWord[]): string | undefined {
  const first = baseName(words[0]?.text ?? '');
  return otherLaunchers.find((name) => name === first);
}
