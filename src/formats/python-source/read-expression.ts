import { comprehension, dictionary, dictionaryComprehension, sequence } from './read-displays.ts';
import { alternatives, binary, comparison, conditional, joined, operands } from './read-operators.ts';
import { readParameters } from './read-parameters.ts';
import {
  attribute,
  constant,
  genericType,
  inner,
  named,
  number,
  readArguments,
  slice,
  subscript,
  wrapped,
  yielded,
} from './read-primaries.ts';
import { readString } from './read-string.ts';
import { type Converter, NOTHING, type Reading, readAll } from './reading.ts';
import { fieldOf, hasWord, namedOf, nameOf, placeOf, type Syntax } from './syntax.ts';
import type { Expression } from './tree.ts';

export function readExpression(reading: Reading, node: Syntax | undefined): Expression {
  if (!node) return NOTHING;
  const convert = node.isMissing ? undefined : CONVERTERS[node.type];
  if (convert) return withStarOutside(convert(node, reading));
  reading.lost.push(placeOf(node));
  return { kind: 'Unknown', ...placeOf(node) };
}

/** The grammar binds `*` of `[*a.b()]` to `a`; in Python it is of all that follows. */
function withStarOutside(expression: Expression): Expression {
  const { start, end, line } = expression;
  const outside = (value: Expression): Expression => ({ kind: 'Starred', value, start, end, line });
  switch (expression.kind) {
    case 'Attribute':
    case 'Subscript':
      return expression.value.kind === 'Starred'
        ? outside({ ...expression, value: expression.value.value })
        : expression;
    case 'Call':
      return expression.func.kind === 'Starred' ? outside({ ...expression, func: expression.func.value }) : expression;
    case 'BinOp':
      return expression.left.kind === 'Starred' ? outside({ ...expression, left: expression.left.value }) : expression;
    default:
      return expression;
  }
}

const CONVERTERS: Readonly<Record<string, Converter<Expression>>> = {
  identifier: named,
  keyword_identifier: named,
  attribute,
  subscript,
  slice,
  dictionary,
  string: (node, reading) => readString(reading, node, (one) => reading.expression(one)),
  concatenated_string: (node, reading) => readString(reading, node, (one) => reading.expression(one)),
  integer: number,
  float: number,
  true: constant({ type: 'bool', value: true }),
  false: constant({ type: 'bool', value: false }),
  none: constant({ type: 'None' }),
  ellipsis: constant({ type: 'Ellipsis' }),
  call: (node, reading) => ({
    ...{ kind: 'Call', func: reading.expression(fieldOf(node, 'function')) },
    ...{ ...readArguments(reading, fieldOf(node, 'arguments')), ...placeOf(node) },
  }),
  parenthesized_expression: inner,
  type: inner,
  list: sequence('List'),
  list_pattern: sequence('List'),
  set: sequence('Set'),
  tuple: sequence('Tuple'),
  tuple_pattern: (node, reading) => {
    const isOne = namedOf(node).length === 1 && !hasWord(node, ',') && namedOf(node)[0]?.type !== 'list_splat_pattern';
    return isOne ? inner(node, reading) : sequence('Tuple')(node, reading);
  },
  expression_list: sequence('Tuple'),
  pattern_list: sequence('Tuple'),
  list_splat: wrapped('Starred'),
  list_splat_pattern: wrapped('Starred'),
  parenthesized_list_splat: inner,
  splat_type: wrapped('Starred'),
  await: wrapped('Await'),
  yield: yielded,
  list_comprehension: comprehension('ListComp'),
  set_comprehension: comprehension('SetComp'),
  generator_expression: comprehension('GeneratorExp'),
  dictionary_comprehension: dictionaryComprehension,
  binary_operator: binary,
  union_type: (node, reading) => ({ ...joined(readAll(reading, alternatives(node)), '|'), ...placeOf(node) }),
  member_type: (node, reading) => {
    const [value, attr] = namedOf(node);
    return {
      kind: 'Attribute',
      value: reading.expression(value),
      attr: attr ? nameOf(reading, attr) : '',
      ...placeOf(node),
    };
  },
  generic_type: genericType,
  unary_operator: (node, reading) => ({
    ...{ kind: 'UnaryOp', op: fieldOf(node, 'operator')?.type ?? '' },
    ...{ operand: reading.expression(fieldOf(node, 'argument')), ...placeOf(node) },
  }),
  not_operator: (node, reading) => ({
    ...{ kind: 'UnaryOp', op: 'not', operand: reading.expression(fieldOf(node, 'argument')) },
    ...placeOf(node),
  }),
  boolean_operator: (node, reading) => {
    const op = fieldOf(node, 'operator')?.type === 'or' ? 'or' : 'and';
    return { kind: 'BoolOp', op, values: readAll(reading, operands(node, op)), ...placeOf(node) };
  },
  comparison_operator: comparison,
  conditional_expression: conditional,
  named_expression: (node, reading) => ({
    ...{ kind: 'NamedExpr', target: reading.expression(fieldOf(node, 'name')) },
    ...{ value: reading.expression(fieldOf(node, 'value')), ...placeOf(node) },
  }),
  lambda: (node, reading) => ({
    ...{ kind: 'Lambda', parameters: readParameters(reading, fieldOf(node, 'parameters')) },
    ...{ body: reading.expression(fieldOf(node, 'body')), ...placeOf(node) },
  }),
};
