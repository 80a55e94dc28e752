import { type Converter, optional, type Reading, readAll } from './reading.ts';
import { fieldOf, fieldsOf, hasWord, namedOf, nameOf, placeOf, type Syntax, textOf } from './syntax.ts';
import type { Expression, Keyword, Place } from './tree.ts';

export interface Arguments {
  readonly args: readonly Expression[];
  readonly keywords: readonly Keyword[];
}

export function readArguments(reading: Reading, node: Syntax | undefined): Arguments {
  if (!node) return { args: [], keywords: [] };
  if (node.type === 'generator_expression') return { args: [reading.expression(node)], keywords: [] };
  const args: Expression[] = [];
  const keywords: Keyword[] = [];
  for (const child of namedOf(node)) {
    if (child.type === 'keyword_argument') {
      const name = fieldOf(child, 'name');
      const value = reading.expression(fieldOf(child, 'value'));
      keywords.push({ ...(name ? { arg: nameOf(reading, name) } : {}), value, ...placeOf(child) });
    } else if (child.type === 'dictionary_splat') {
      keywords.push({ value: reading.expression(namedOf(child)[0]), ...placeOf(child) });
    } else args.push(reading.expression(child));
  }
  return { args, keywords };
}

export const number: Converter<Expression> = (node, reading) => {
  const text = textOf(reading, node);
  const type = /j$/i.test(text) ? 'complex' : node.type === 'float' ? 'float' : 'int';
  return { kind: 'Constant', literal: { type, text }, ...placeOf(node) };
};

export const slice: Converter<Expression> = (node, reading) => {
  const parts: (Syntax | undefined)[] = [undefined, undefined, undefined];
  let at = 0;
  for (const child of node.children) {
    if (child.type === ':') at += 1;
    else parts[at] = child;
  }
  const [lower, upper, step] = parts;
  return {
    ...{ kind: 'Slice', ...optional(reading, 'lower', lower), ...optional(reading, 'upper', upper) },
    ...{ ...optional(reading, 'step', step), ...placeOf(node) },
  };
};

export const subscript: Converter<Expression> = (node, reading) => {
  const indices = fieldsOf(node, 'subscript').filter(({ isNamed }) => isNamed);
  const value = reading.expression(fieldOf(node, 'value'));
  return {
    kind: 'Subscript',
    value,
    slice: indexOf(reading, indices, hasWord(node, ','), indices[0] ?? node),
    ...placeOf(node),
  };
};

/** `x[*y]` has a tuple of one. */
function indexOf(reading: Reading, indices: readonly Syntax[], isTuple: boolean, place: Place): Expression {
  const elts = readAll(reading, indices);
  const [only] = elts;
  if (elts.length === 1 && only && only.kind !== 'Starred' && !isTuple) return only;
  return { kind: 'Tuple', elts, ...placeOf(place) };
}

/** In annotations `List[int]` is a type of its own. */
export const genericType: Converter<Expression> = (node, reading) => {
  const [value, parameters] = namedOf(node);
  const indices = parameters ? namedOf(parameters) : [];
  const slice_ = indexOf(reading, indices, parameters !== undefined && hasWord(parameters, ','), parameters ?? node);
  return { kind: 'Subscript', value: reading.expression(value), slice: slice_, ...placeOf(node) };
};

export const constant =
  (literal: Extract<Expression, { kind: 'Constant' }>['literal']): Converter<Expression> =>
  (node) => ({ kind: 'Constant', literal, ...placeOf(node) });

export const named: Converter<Expression> = (node, reading) => ({
  kind: 'Name',
  id: nameOf(reading, node),
  ...placeOf(node),
});

export const attribute: Converter<Expression> = (node, reading) => {
  const attr = fieldOf(node, 'attribute');
  const value = reading.expression(fieldOf(node, 'object'));
  return { kind: 'Attribute', value, attr: attr ? nameOf(reading, attr) : '', ...placeOf(node) };
};

export const yielded: Converter<Expression> = (node, reading) => {
  const [value] = namedOf(node);
  if (!hasWord(node, 'from')) return { kind: 'Yield', ...optional(reading, 'value', value), ...placeOf(node) };
  return { kind: 'YieldFrom', value: reading.expression(value), ...placeOf(node) };
};

export const wrapped =
  (kind: 'Await' | 'Starred'): Converter<Expression> =>
  (node, reading) => ({ kind, value: reading.expression(namedOf(node)[0]), ...placeOf(node) });

/** `(x)` is `x`, as in Python's own syntax tree. */
export const inner: Converter<Expression> = (node, reading) => {
  const [first, ...more] = namedOf(node);
  for (const one of more) if (one.type === 'ERROR') reading.lost.push(placeOf(one));
  return reading.expression(first);
};
