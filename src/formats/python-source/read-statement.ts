import {
  classDefinition,
  decorated,
  functionDefinition,
  matchStatement,
  orelseOf,
  readIf,
  readItems,
  tryStatement,
} from './read-compound.ts';
import {
  expressionStatement,
  importFrom,
  lost,
  plain,
  readAliases,
  scoped,
  shifted,
  typeAlias,
} from './read-simple.ts';
import { type Converter, optional, type Reading } from './reading.ts';
import { childOf, fieldOf, fieldsOf, hasWord, namedOf, placeOf, type Syntax } from './syntax.ts';
import type { Body, Statement } from './tree.ts';

/** One; of a part that is broken those that can be told. Within an error any part of the grammar may stand. */
export function readStatements(reading: Reading, node: Syntax, isBroken: boolean): Body {
  const convert = CONVERTERS[node.type];
  if (node.type === 'ERROR' || (!convert && !isBroken)) reading.lost.push(placeOf(node));
  if (node.type === 'ERROR') return reading.body(node);
  return convert ? [convert(node, reading)] : [];
}

const CONVERTERS: Readonly<Record<string, Converter<Statement>>> = {
  expression_statement: expressionStatement,
  import_statement: (node, reading) => ({
    ...{ kind: 'Import', names: readAliases(reading, fieldsOf(node, 'name')), isLazy: false },
    ...placeOf(node),
  }),
  import_from_statement: importFrom,
  future_import_statement: (node, reading) => ({
    ...{ kind: 'ImportFrom', module: '__future__', level: 0, names: readAliases(reading, fieldsOf(node, 'name')) },
    ...{ isLazy: false, ...placeOf(node) },
  }),
  function_definition: (node, reading) => functionDefinition(node, reading),
  class_definition: (node, reading) => classDefinition(node, reading),
  decorated_definition: decorated,
  if_statement: (node, reading) => readIf(node, reading, fieldsOf(node, 'alternative')),
  for_statement: (node, reading) => ({
    ...{ kind: 'For', target: reading.expression(fieldOf(node, 'left')), isAsync: hasWord(node, 'async') },
    ...{ iter: reading.expression(fieldOf(node, 'right')), body: reading.body(fieldOf(node, 'body')) },
    ...{ orelse: orelseOf(node, reading), ...placeOf(node) },
  }),
  while_statement: (node, reading) => ({
    ...{ kind: 'While', test: reading.expression(fieldOf(node, 'condition')) },
    ...{ body: reading.body(fieldOf(node, 'body')), orelse: orelseOf(node, reading), ...placeOf(node) },
  }),
  try_statement: tryStatement,
  with_statement: (node, reading) => ({
    ...{ kind: 'With', items: readItems(node, reading), isAsync: hasWord(node, 'async') },
    ...{ body: reading.body(fieldOf(node, 'body')), ...placeOf(node) },
  }),
  match_statement: matchStatement,
  return_statement: (node, reading) => ({
    ...{ kind: 'Return', ...optional(reading, 'value', namedOf(node)[0]) },
    ...placeOf(node),
  }),
  delete_statement: (node, reading) => ({
    kind: 'Delete',
    targets: namedOf(node)
      .flatMap((one) => (one.type === 'expression_list' ? namedOf(one) : [one]))
      .map((one) => reading.expression(one)),
    ...placeOf(node),
  }),
  raise_statement: (node, reading) => ({
    kind: 'Raise',
    ...optional(
      reading,
      'exc',
      namedOf(node).find(({ field }) => field !== 'cause'),
    ),
    ...{ ...optional(reading, 'cause', fieldOf(node, 'cause')), ...placeOf(node) },
  }),
  assert_statement: (node, reading) => {
    const [test, msg] = namedOf(node);
    return { kind: 'Assert', test: reading.expression(test), ...optional(reading, 'msg', msg), ...placeOf(node) };
  },
  type_alias_statement: typeAlias,
  global_statement: scoped('Global'),
  nonlocal_statement: scoped('Nonlocal'),
  pass_statement: plain('Pass'),
  break_statement: plain('Break'),
  continue_statement: plain('Continue'),
  print_statement: (node, reading) => {
    const chevron = childOf(node, 'chevron');
    return chevron ? shifted(node, chevron, reading) : lost(node, reading);
  },
  exec_statement: lost,
};
