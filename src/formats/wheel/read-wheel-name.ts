import { type Failure, failure, type Result, success } from '#base';

// https://packaging.python.org/en/latest/specifications/binary-distribution-format/#file-name-convention

/** For which interpreters and machines a wheel is; each list has alternatives, and each combination of them is a tag. */
export interface WheelTags {
  readonly pythons: readonly string[];
  readonly abis: readonly string[];
  readonly platforms: readonly string[];
}

/** What the file name of a wheel says. */
export interface WheelName extends WheelTags {
  /** As written, with `_` for `-`. */
  readonly distribution: string;
  readonly version: string;
  readonly build?: string;
  /** The label of a wheel variant: PEP 825, which is provisional. Readers that do not know variants refuse such a name. */
  readonly variant?: string;
}

const LONGEST = 1000;
const WORD = /^[\p{L}\p{N}._+!]+$/u;
const BUILD = /^\d[A-Za-z0-9_.]*$/;
const LABEL = /^[0-9a-z_.]+$/;
const TAG_SET = /^[a-z0-9_]+(?:\.[a-z0-9_]+)*$/;
/** Alternatives of one list: real ones have fewer than ten. */
const MOST = 100;

const wrong = (name: string, because: string): Result<never> =>
  failure<Failure>({
    code: 'formats/wheel-name',
    message: `${JSON.stringify(name.slice(0, 200))} is not the name of a wheel: ${because}`,
  });

function readSet(text: string): readonly string[] | undefined {
  const lower = text.toLowerCase();
  const set = TAG_SET.test(lower) ? lower.split('.') : undefined;
  return set && set.length <= MOST ? set : undefined;
}

/** The alternatives of `py2.py3-none-any`. */
export function readTags(text: string): WheelTags | undefined {
  const parts = text.split('-');
  const [pythons, abis, platforms] = parts.map(readSet);
  return parts.length === 3 && pythons && abis && platforms ? { pythons, abis, platforms } : undefined;
}

/** The text between distribution and version, and `.whl`: a build tag begins with a digit, which no tag of a Python does. */
function readEnd(parts: readonly string[]): Omit<WheelName, 'distribution' | 'version'> | undefined {
  const [first = ''] = parts;
  const build = /^\d/.test(first) ? first : undefined;
  const after = build === undefined ? parts : parts.slice(1);
  const [, , , variant, ...more] = after;
  const tags = readTags(after.slice(0, 3).join('-'));
  const isWrong = (build !== undefined && !BUILD.test(build)) || (variant !== undefined && !LABEL.test(variant));
  if (!tags || more.length > 0 || isWrong) return undefined;
  return { ...(build === undefined ? {} : { build }), ...tags, ...(variant === undefined ? {} : { variant }) };
}

/** The parts of a wheel's file name, without its folder. */
export function readWheelName(name: string): Result<WheelName> {
  if (name.length > LONGEST) return wrong(name, 'it is too long');
  if (!/\.whl$/i.test(name)) return wrong(name, 'it does not end in .whl');
  const [distribution = '', version = '', ...rest] = name.slice(0, -4).split('-');
  if (!WORD.test(distribution) || !WORD.test(version)) return wrong(name, 'it has no distribution and version');
  const end = readEnd(rest);
  return end ? success({ distribution, version, ...end }) : wrong(name, 'its tags are not those of a wheel');
}
