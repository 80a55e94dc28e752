/** Thrown inside the reader only; its door turns it into a Failure that names the line. */
export class Malformed extends Error {}

export type Line = readonly unknown[];

export function malformed(message: string): never {
  throw new Malformed(message);
}

export function wholeNumber(value: unknown, what: string, most: number = Number.MAX_SAFE_INTEGER): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= most) return value;
  return malformed(`${what} is not a whole number from 0 to ${most}`);
}

/** Longer names do not exist on Linux (NAME_MAX is 255, PATH_MAX 4096). */
const LONGEST_TEXT = 4096;

export function shortText(value: unknown, what: string): string {
  if (typeof value === 'string' && value.length <= LONGEST_TEXT) return value;
  return malformed(`${what} is not a text of up to ${LONGEST_TEXT} characters`);
}

export function oneOf<T extends string>(values: ReadonlySet<T>, value: unknown, what: string): T {
  if (values.has(value as T)) return value as T;
  return malformed(`${what} is none of the known ones`);
}

/** An object written in JSON; its own keys only. */
export function plainObject(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  return malformed(`${what} is not an object`);
}
