import type { Reading } from './reading.ts';
import { fieldsOf, hasWord, namedOf, nameOf, placeOf, type Syntax } from './syntax.ts';
import type { Expression, Pattern } from './tree.ts';

type Converter = (node: Syntax, reading: Reading) => Pattern;

export function readPattern(reading: Reading, node: Syntax | undefined): Pattern {
  if (!node) return { kind: 'Unknown', start: 0, end: 0, line: 1 };
  const convert = CONVERTERS[node.type];
  return convert ? convert(node, reading) : { kind: 'MatchValue', value: reading.expression(node), ...placeOf(node) };
}

const readAll = (reading: Reading, nodes: readonly Syntax[]): Pattern[] =>
  nodes.map((node) => readPattern(reading, node));

/** `case a, b:` has several in one clause. */
export function readCasePatterns(reading: Reading, nodes: readonly Syntax[], isTuple: boolean): Pattern {
  const [first] = nodes;
  if (nodes.length === 1 && first && !isTuple) return readPattern(reading, first);
  const place = placeOf(first ?? { start: 0, end: 0, line: 1 });
  return { kind: 'MatchSequence', patterns: readAll(reading, nodes), ...place };
}

const sequence: Converter = (node, reading) => ({
  ...{ kind: 'MatchSequence', patterns: readAll(reading, namedOf(node)) },
  ...placeOf(node),
});

const star: Converter = (node, reading) => {
  const name = namedOf(node)[0];
  return { kind: 'MatchStar', ...(name ? { name: nameOf(reading, name) } : {}), ...placeOf(node) };
};

/** A name without dots catches whatever is there; with dots it is a value. */
const dotted: Converter = (node, reading) => {
  const names = namedOf(node);
  const [first, ...others] = names;
  if (!first) return { kind: 'Unknown', ...placeOf(node) };
  if (others.length === 0) return { kind: 'MatchAs', name: nameOf(reading, first), ...placeOf(node) };
  return { kind: 'MatchValue', value: dottedName(reading, names), ...placeOf(node) };
};

export function dottedName(reading: Reading, names: readonly Syntax[]): Expression {
  const [first, ...others] = names;
  if (!first) return { kind: 'Unknown', start: 0, end: 0, line: 1 };
  return others.reduce<Expression>(
    (value, one) => ({
      kind: 'Attribute',
      value,
      attr: nameOf(reading, one),
      start: first.start,
      end: one.end,
      line: one.line,
    }),
    { kind: 'Name', id: nameOf(reading, first), ...placeOf(first) },
  );
}

/** `Point(x, y=0)`. */
const classed: Converter = (node, reading) => {
  const [name, ...rest] = namedOf(node);
  const patterns: Pattern[] = [];
  const keywords: string[] = [];
  for (const one of rest) {
    const [only] = one.type === 'case_pattern' ? namedOf(one) : [one];
    if (only?.type !== 'keyword_pattern') patterns.push(readPattern(reading, one));
    else {
      const [key, value] = namedOf(only);
      if (key) keywords.push(nameOf(reading, key));
      patterns.push(readPattern(reading, value));
    }
  }
  const cls = dottedName(reading, name ? namedOf(name) : []);
  return { kind: 'MatchClass', cls, patterns, keywords, ...placeOf(node) };
};

const mapping: Converter = (node, reading) => {
  const keys = fieldsOf(node, 'key').map((key) => keyOf(reading, key));
  const patterns = fieldsOf(node, 'value').map((value) => readPattern(reading, value));
  const rest = namedOf(node)
    .flatMap((child) => (child.type === 'case_pattern' ? namedOf(child) : [child]))
    .find(({ type }) => type === 'splat_pattern');
  const name = rest && namedOf(rest)[0];
  return {
    ...{ kind: 'MatchMapping', keys, patterns },
    ...(name ? { rest: nameOf(reading, name) } : {}),
    ...placeOf(node),
  };
};

function keyOf(reading: Reading, node: Syntax): Expression {
  const pattern = readPattern(reading, node);
  return pattern.kind === 'MatchValue' ? pattern.value : { kind: 'Unknown', ...placeOf(node) };
}

const CONVERTERS: Readonly<Record<string, Converter>> = {
  case_pattern: (node, reading) => {
    const [only] = namedOf(node);
    // `_` and `-1` are words of the grammar, and no nodes.
    if (hasWord(node, '_')) return { kind: 'MatchAs', ...placeOf(node) };
    if (hasWord(node, '-')) {
      const operand = reading.expression(only);
      return { kind: 'MatchValue', value: { kind: 'UnaryOp', op: '-', operand, ...placeOf(node) }, ...placeOf(node) };
    }
    return readPattern(reading, only);
  },
  tuple_pattern: (node, reading) => {
    const patterns = namedOf(node);
    const [first] = patterns;
    // `(x)` is `x`.
    if (patterns.length === 1 && first && !hasWord(node, ',') && !isStar(first)) return readPattern(reading, first);
    return sequence(node, reading);
  },
  list_pattern: sequence,
  splat_pattern: star,
  union_pattern: (node, reading) => ({
    kind: 'MatchOr',
    patterns: readAll(reading, unionParts(node)),
    ...placeOf(node),
  }),
  as_pattern: (node, reading) => {
    const [pattern, name] = namedOf(node);
    return {
      ...{ kind: 'MatchAs', pattern: readPattern(reading, pattern) },
      ...(name ? { name: nameOf(reading, name) } : {}),
      ...placeOf(node),
    };
  },
  class_pattern: classed,
  dict_pattern: mapping,
  dotted_name: dotted,
  complex_pattern: (node, reading) => {
    const [left, right] = namedOf(node);
    const isNegative = node.children[0]?.type === '-';
    const op = node.children.slice(isNegative ? 1 : 0).some(({ type }) => type === '+') ? '+' : '-';
    const real = reading.expression(left);
    const value: Expression = {
      ...{ kind: 'BinOp', op, left: isNegative ? { kind: 'UnaryOp', op: '-', operand: real, ...placeOf(node) } : real },
      ...{ right: reading.expression(right) },
      ...placeOf(node),
    };
    return { kind: 'MatchValue', value, ...placeOf(node) };
  },
};

const isStar = (node: Syntax): boolean =>
  node.type === 'splat_pattern' || (node.type === 'case_pattern' && namedOf(node)[0]?.type === 'splat_pattern');

/** `_` among alternatives is a word. */
const unionParts = (node: Syntax): Syntax[] =>
  node.children.filter(({ isNamed, type }) => isNamed || type === '_').map((one) => (one.isNamed ? one : asCase(one)));
const asCase = (word: Syntax): Syntax => ({ ...word, type: 'case_pattern', isNamed: true, children: [word] });
