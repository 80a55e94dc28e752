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

/** How often each byte is there. */
function bytesOf(text: string): string {
  const counts = new Uint32Array(256);
  for (let at = 0; at < text.length; at += 1)
    counts[text.charCodeAt(at) & 255] = (counts[text.charCodeAt(at) & 255] ?? 0) + 1;
  return counts.join();
}

type Order = 'as it is' | 'lines in another order' | 'lines mixed';

/** Processes that write at once do so in any order, and into each other's lines. */
function orderOf(before: readonly string[], after: readonly string[]): Order | undefined {
  if (before.length !== after.length) return undefined;
  if (sorted(before) === sorted(after)) return 'lines in another order';
  return bytesOf(before.join('\n')) === bytesOf(after.join('\n')) ? 'lines mixed' : undefined;
}

type Compared = { readonly order: Order } | { readonly difference: string };

/** `mayMix`: several processes could write. */
function compareStream(name: string, plain: string, staged: string, mayMix: boolean): Compared {
  if (plain === staged) return { order: 'as it is' };
  const [before, after] = [plain.split('\n'), staged.split('\n')];
  const order = mayMix ? orderOf(before, after) : undefined;
  if (order) return { order };
  const at = before.findIndex((line, index) => line !== after[index]);
  const line = at < 0 ? before.length : at;
  const difference = `${name}, line ${line + 1}: ${shown(after[line])} from the image, else ${shown(before[line])}`;
  return { difference };
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
  const orders = streams.flatMap((stream) => ('order' in stream && stream.order !== 'as it is' ? [stream.order] : []));
  return check(
    'output',
    [formatCountOf(lines, 'line'), ...new Set(orders)].join(', '),
    streams.flatMap((stream) => ('difference' in stream ? [stream.difference] : [])),
  );
}
