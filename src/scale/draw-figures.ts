import type { Interval } from '#base';
import { DRAWS, drawn } from './draws.ts';

/** One value for each figure. */
export type Values<Name extends string> = Readonly<Record<Name, number>>;

/** The figures of one thing in each of the possible worlds. What is drawn for the same thing is the same wherever it is asked. */
export function drawFigures<Name extends string>(
  thing: string,
  figures: Readonly<Record<Name, Interval>>,
): readonly Values<Name>[] {
  const names = Object.keys(figures) as Name[];
  const tables = names.map((name) => [name, drawn(`${thing} ${name}`, figures[name])] as const);
  return Array.from(
    { length: DRAWS },
    (_, index) => Object.fromEntries(tables.map(([name, table]) => [name, table[index] ?? 0])) as Values<Name>,
  );
}
