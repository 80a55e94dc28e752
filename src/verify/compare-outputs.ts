import { formatCountOf, pathBytes, pathOfBytes } from '#base';
import type { Check } from '#schema';
import { check } from './check.ts';

/** What a run wrote, a character a byte. */
export interface Output {
  readonly out: string;
  readonly error: string;
}

const bytesAsText = (path: string) => String.fromCharCode(...pathBytes(path));
const asText = (bytes: string) => pathOfBytes(Uint8Array.from(bytes, (character) => character.charCodeAt(0)));

const LONGEST_LINE = 300;
const shown = (line: string | undefined) =>
  line === undefined ? 'nothing' : `"${asText(line.slice(0, LONGEST_LINE)).trimEnd()}"`;

const sorted = (lines: readonly string[]) => [...lines].sort().join('\n');

interface Compared {
  readonly isSame: boolean;
  readonly isOtherOrder: boolean;
  readonly difference?: string;
}

/** Processes that write at once do so in any order: `mayMix`. */
function compareStream(name: string, plain: string, staged: string, mayMix: boolean): Compared {
  if (plain === staged) return { isSame: true, isOtherOrder: false };
  const [before, after] = [plain.split('\n'), staged.split('\n')];
  if (mayMix && before.length === after.length && sorted(before) === sorted(after)) {
    return { isSame: true, isOtherOrder: true };
  }
  const at = before.findIndex((line, index) => line !== after[index]);
  const line = at < 0 ? before.length : at;
  const difference = `${name}, line ${line + 1}: ${shown(after[line])} from the image, else ${shown(before[line])}`;
  return { isSame: false, isOtherOrder: false, difference };
}

/** Byte by byte, with the stage's folder, by any of its names, taken away; `processes` of the job could write. */
export function compareOutputs(
  { plain, staged }: { readonly plain: Output; readonly staged: Output },
  stages: readonly string[],
  processes: number,
): Check {
  const without = (text: string) => stages.map(bytesAsText).reduce((left, stage) => left.replaceAll(stage, ''), text);
  const streams = [
    compareStream('standard output', plain.out, without(staged.out), processes > 1),
    compareStream('standard error', plain.error, without(staged.error), processes > 1),
  ];
  const lines = (plain.out + plain.error).split('\n').length - 1;
  const order = streams.some(({ isOtherOrder }) => isOtherOrder) ? ', in another order' : '';
  return check(
    'output',
    `${formatCountOf(lines, 'line')}${order}`,
    streams.flatMap(({ difference }) => (difference === undefined ? [] : [difference])),
  );
}
