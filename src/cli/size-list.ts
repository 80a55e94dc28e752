import { failure, type Result, success } from '#base';

/** More than any machine has. */
const MOST_NODES = 1_000_000;
/** More than a table can show and a curve needs. */
const MOST_SIZES = 40;

const HINT = 'Write whole numbers and ranges that double, as in 1,4,16..1024.';
const wrong = (message: string) => failure({ code: 'cli/usage', message, hint: HINT });

function readSize(text: string): number | undefined {
  const value = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  return value >= 1 && value <= MOST_NODES ? value : undefined;
}

/** `4..100` is 4, 8, 16, 32, 64 and 100. */
function double(from: number, to: number): number[] {
  const sizes: number[] = [];
  for (let size = from; size < to; size *= 2) sizes.push(size);
  return [...sizes, to];
}

function readPart(part: string): Result<number[]> {
  const [first = '', last = first, ...more] = part.split('..').map((each) => each.trim());
  const [from, to] = [readSize(first), readSize(last)];
  if (from === undefined || to === undefined || more.length > 0) {
    const shown = part.trim().slice(0, 40);
    return wrong(`${shown === '' ? 'nothing between commas' : shown} is not a number of nodes from 1 to ${MOST_NODES}`);
  }
  return from > to ? wrong(`${part.trim()} goes down`) : success(double(from, to));
}

/** `1,4,16..1024`: sizes in order, each once. `..` doubles. */
export function readSizes(text: string): Result<number[]> {
  const sizes = new Set<number>();
  for (const part of text.split(',')) {
    const read = readPart(part);
    if (!read.ok) return read;
    for (const size of read.value) sizes.add(size);
    if (sizes.size > MOST_SIZES) return wrong(`these are more than ${MOST_SIZES} sizes`);
  }
  return success([...sizes].sort((a, b) => a - b));
}
