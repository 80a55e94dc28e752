import { type Converter, optional, type Reading, readAll } from './reading.ts';
import { fieldOf, fieldsOf, hasWord, namedOf, placeOf, type Syntax } from './syntax.ts';
import type { Comprehension, Expression } from './tree.ts';

export const sequence =
  (kind: 'Set' | 'List' | 'Tuple'): Converter<Expression> =>
  (node, reading) => ({ kind, elts: readAll(reading, namedOf(node)), ...placeOf(node) });

export const comprehension =
  (kind: 'ListComp' | 'SetComp' | 'GeneratorExp'): Converter<Expression> =>
  (node, reading) => ({
    ...{ kind, elt: reading.expression(fieldOf(node, 'body')), generators: readGenerators(reading, node) },
    ...placeOf(node),
  });

function readGenerators(reading: Reading, node: Syntax): Comprehension[] {
  const generators: { -readonly [Key in keyof Comprehension]: Comprehension[Key] }[] = [];
  for (const child of node.children) {
    if (child.type === 'for_in_clause') {
      generators.push({
        ...{ target: reading.expression(fieldOf(child, 'left')), iter: listed(reading, child, 'right') },
        ...{ ifs: [], isAsync: hasWord(child, 'async'), ...placeOf(child) },
      });
    } else if (child.type === 'if_clause') {
      const last = generators.at(-1);
      if (last) last.ifs = [...last.ifs, ...readAll(reading, namedOf(child))];
    }
  }
  return generators;
}

/** One of a field, or a tuple of several. */
function listed(reading: Reading, node: Syntax, field: string): Expression {
  const nodes = fieldsOf(node, field).filter(({ isNamed }) => isNamed);
  const [first, ...others] = nodes;
  const isTuple = others.length > 0 || fieldsOf(node, field).some(({ type }) => type === ',');
  if (!first || !isTuple) return reading.expression(first ?? node);
  return { kind: 'Tuple', elts: readAll(reading, nodes), ...placeOf(node) };
}

export const dictionary: Converter<Expression> = (node, reading) => ({
  kind: 'Dict',
  items: namedOf(node).map((child) =>
    child.type === 'pair'
      ? { key: reading.expression(fieldOf(child, 'key')), value: reading.expression(fieldOf(child, 'value')) }
      : { value: reading.expression(child.type === 'dictionary_splat' ? namedOf(child)[0] : child) },
  ),
  ...placeOf(node),
});

export const dictionaryComprehension: Converter<Expression> = (node, reading) => {
  const body = fieldOf(node, 'body');
  const pair = body?.type === 'pair' ? body : undefined;
  return {
    kind: 'DictComp',
    key: reading.expression(pair ? fieldOf(pair, 'key') : body),
    ...optional(reading, 'value', pair && fieldOf(pair, 'value')),
    ...{ generators: readGenerators(reading, node), ...placeOf(node) },
  };
};
