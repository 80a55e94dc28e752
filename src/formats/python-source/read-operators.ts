import { type Converter, readAll } from './reading.ts';
import { fieldOf, fieldsOf, namedOf, placeOf, type Syntax, textOf } from './syntax.ts';
import type { Expression } from './tree.ts';

const opOf = (node: Syntax): string => fieldOf(node, 'operator')?.type ?? '';

export const binary: Converter<Expression> = (node, reading) => {
  if (isBitwise(node)) return bitwise(node, reading);
  const [left, right] = [reading.expression(fieldOf(node, 'left')), reading.expression(fieldOf(node, 'right'))];
  return { kind: 'BinOp', op: opOf(node), left, right, ...placeOf(node) };
};

const isBitwise = (node: Syntax | undefined): node is Syntax =>
  node?.type === 'binary_operator' && (opOf(node) === '&' || opOf(node) === '^');

/** Operands and operators of `a ^ b & c`, as they stand. */
function chain(node: Syntax): readonly (Syntax | string)[] {
  const [left, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
  const part = (one: Syntax | undefined) => (isBitwise(one) ? chain(one) : one ? [one] : []);
  return [...part(left), opOf(node), ...part(right)];
}

/** The grammar binds `^` tighter than `&`; Python does it the other way around. */
const bitwise: Converter<Expression> = (node, reading) => {
  const parts = chain(node);
  const product = (ops: readonly (Syntax | string)[], op: string): Expression[] => {
    const groups: (Syntax | string)[][] = [[]];
    for (const one of ops) {
      if (one === op) groups.push([]);
      else groups.at(-1)?.push(one);
    }
    return groups.map((group) => {
      const [first, ...more] = group;
      if (more.length > 0) return joined(product(group, '&'), '&');
      return reading.expression(typeof first === 'string' ? undefined : first);
    });
  };
  return { ...joined(product(parts, '^'), '^'), ...placeOf(node) };
};

export const joined = (operands_: readonly Expression[], op: string): Expression =>
  operands_.reduce((left, right) => ({
    kind: 'BinOp',
    op,
    left,
    right,
    start: left.start,
    end: right.end,
    line: left.line,
  }));

/** `a and b and c` is one, `(a and b) and c` is two. */
export function operands(node: Syntax, op: string): Syntax[] {
  const [left, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
  const nested = left?.type === 'boolean_operator' && fieldOf(left, 'operator')?.type === op;
  return [...(nested && left ? operands(left, op) : left ? [left] : []), ...(right ? [right] : [])];
}

export const comparison: Converter<Expression> = (node, reading) => {
  const [left, ...comparators] = namedOf(node);
  const ops = fieldsOf(node, 'operators').map((one) => textOf(reading, one).replaceAll(/\s+/g, ' '));
  return {
    ...{ kind: 'Compare', left: reading.expression(left), ops, comparators: readAll(reading, comparators) },
    ...placeOf(node),
  };
};

export const conditional: Converter<Expression> = (node, reading) => {
  const [body, test, orelse] = readAll(reading, namedOf(node)) as [Expression, Expression, Expression];
  return { kind: 'IfExp', test, body, orelse, ...placeOf(node) };
};

/** Of `A[int] | B | C`, which the grammar nests to the right, and Python to the left. */
export function alternatives(node: Syntax): Syntax[] {
  const [only, ...others] = namedOf(node);
  if (node.type === 'type' && only && others.length === 0) return alternatives(only);
  if (node.type === 'union_type') return namedOf(node).flatMap(alternatives);
  const isUnion = node.type === 'binary_operator' && opOf(node) === '|';
  return isUnion
    ? [fieldOf(node, 'left'), fieldOf(node, 'right')].flatMap((one) => (one ? alternatives(one) : []))
    : [node];
}
