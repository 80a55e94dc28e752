import { placeOf, type Source, type Syntax } from './syntax.ts';
import type { Body, Expression, Lost } from './tree.ts';

/** What one source is read with. */
export interface Reading extends Source {
  readonly lost: Lost[];
  expression(node: Syntax | undefined): Expression;
  body(node: Syntax | undefined): Body;
}

export type Converter<Node> = (node: Syntax, reading: Reading) => Node;

export const readAll = (reading: Reading, nodes: readonly Syntax[]): Expression[] =>
  nodes.map((node) => reading.expression(node));

export const optional = <Key extends string>(reading: Reading, key: Key, node: Syntax | undefined) =>
  (node ? { [key]: reading.expression(node) } : {}) as Partial<Record<Key, Expression>>;

/** Of what is not there at all. */
export const NOTHING: Expression = { kind: 'Unknown', start: 0, end: 0, line: 1 };

/** One expression, or those that stand with commas as a tuple. */
export function oneOrTuple(reading: Reading, nodes: readonly Syntax[], isTuple: boolean, place: Syntax): Expression {
  const [first] = nodes;
  if (nodes.length === 1 && !isTuple) return reading.expression(first);
  return { kind: 'Tuple', elts: readAll(reading, nodes), ...placeOf(place) };
}
