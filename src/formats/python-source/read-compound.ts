import { readParameters } from './read-parameters.ts';
import { readCasePatterns } from './read-pattern.ts';
import { readArguments } from './read-primaries.ts';
import { type Converter, oneOrTuple, optional, type Reading } from './reading.ts';
import { childOf, childrenOf, fieldOf, fieldsOf, hasWord, namedOf, nameOf, placeOf, type Syntax } from './syntax.ts';
import type { Body, Expression, Handler, MatchCase, Statement, WithItem } from './tree.ts';

export const functionDefinition = (
  node: Syntax,
  reading: Reading,
  decorators: readonly Expression[] = [],
): Statement => ({
  ...{ kind: 'FunctionDef', name: nameOf(reading, fieldOf(node, 'name') ?? node), decorators },
  ...{ parameters: readParameters(reading, fieldOf(node, 'parameters')) },
  ...optional(reading, 'returns', fieldOf(node, 'return_type')),
  ...{ isAsync: hasWord(node, 'async'), body: reading.body(fieldOf(node, 'body')), ...placeOf(node) },
});

export const classDefinition = (node: Syntax, reading: Reading, decorators: readonly Expression[] = []): Statement => {
  const { args, keywords } = readArguments(reading, fieldOf(node, 'superclasses'));
  return {
    ...{ kind: 'ClassDef', name: nameOf(reading, fieldOf(node, 'name') ?? node), bases: args, keywords, decorators },
    ...{ body: reading.body(fieldOf(node, 'body')), ...placeOf(node) },
  };
};

export const decorated: Converter<Statement> = (node, reading) => {
  const decorators = childrenOf(node, 'decorator').map((one) => reading.expression(namedOf(one)[0]));
  const definition = fieldOf(node, 'definition');
  const place = definition ? placeOf(definition) : placeOf(node);
  const read = definition?.type === 'class_definition' ? classDefinition : functionDefinition;
  return { ...read(definition ?? node, reading, decorators), ...place };
};

/** `elif` is an `if` in the `else` of the one before. */
export function readIf(node: Syntax, reading: Reading, alternatives: readonly Syntax[]): Statement {
  const [next, ...others] = alternatives;
  const orelse =
    next?.type === 'elif_clause' ? [readIf(next, reading, others)] : reading.body(next && fieldOf(next, 'body'));
  const test = reading.expression(fieldOf(node, 'condition'));
  return { kind: 'If', test, body: reading.body(fieldOf(node, 'consequence')), orelse, ...placeOf(node) };
}

export const orelseOf = (node: Syntax, reading: Reading): Body => {
  const clause = childOf(node, 'else_clause');
  return reading.body(clause && fieldOf(clause, 'body'));
};

function readHandler(node: Syntax, reading: Reading): Handler {
  const value = namedOf(node).find(({ type }) => type !== 'block');
  const isNamed = value?.type === 'as_pattern';
  const several = fieldsOf(node, 'value');
  const alias = fieldOf(node, 'alias') ?? (isNamed ? childOf(value, 'as_pattern_target') : undefined);
  const type = isNamed ? namedOf(value)[0] : value;
  return {
    ...(several.length > 1 ? { type: oneOrTuple(reading, several, true, node) } : optional(reading, 'type', type)),
    ...(alias ? { name: nameOf(reading, alias) } : {}),
    ...{ isGroup: node.type === 'except_group_clause' || hasWord(node, '*') },
    ...{ body: reading.body(childOf(node, 'block')), ...placeOf(node) },
  };
}

export const tryStatement: Converter<Statement> = (node, reading) => {
  const handlers = node.children.filter(({ type }) => type === 'except_clause' || type === 'except_group_clause');
  const last = childOf(node, 'finally_clause');
  return {
    ...{ kind: 'Try', body: reading.body(fieldOf(node, 'body')), orelse: orelseOf(node, reading) },
    ...{ handlers: handlers.map((one) => readHandler(one, reading)) },
    ...{ finalbody: reading.body(last && childOf(last, 'block')), ...placeOf(node) },
  };
};

/** `with (a as b, c as d):` is read as a tuple by the grammar where a tuple could stand. */
export function readItems(node: Syntax, reading: Reading): WithItem[] {
  const clause = childOf(node, 'with_clause');
  return (clause ? childrenOf(clause, 'with_item') : []).flatMap((item) => itemsOf(fieldOf(item, 'value'), reading));
}

function itemsOf(value: Syntax | undefined, reading: Reading): WithItem[] {
  if (!value) return [];
  const isGroup = value.type === 'tuple' || value.type === 'parenthesized_expression';
  if (isGroup && namedOf(value).some(({ type }) => type === 'as_pattern')) {
    return namedOf(value).flatMap((one) => itemsOf(one, reading));
  }
  if (value.type !== 'as_pattern') return [{ context: reading.expression(value) }];
  const [context] = namedOf(value);
  const target = childOf(value, 'as_pattern_target');
  const [only] = target ? namedOf(target) : [];
  return [{ context: reading.expression(context), ...optional(reading, 'target', only) }];
}

function readCase(node: Syntax, reading: Reading): MatchCase {
  const patterns = childrenOf(node, 'case_pattern');
  const guard = fieldOf(node, 'guard') ?? childOf(node, 'if_clause');
  const body = fieldOf(node, 'consequence') ?? childOf(node, 'block');
  return {
    pattern: readCasePatterns(reading, patterns, hasWord(node, ',')),
    ...optional(reading, 'guard', guard && namedOf(guard)[0]),
    ...{ body: reading.body(body), ...placeOf(node) },
  };
}

export const matchStatement: Converter<Statement> = (node, reading) => {
  const block = fieldOf(node, 'body') ?? node;
  const subject = oneOrTuple(reading, fieldsOf(node, 'subject'), hasWord(node, ','), node);
  return {
    ...{ kind: 'Match', subject, cases: childrenOf(block, 'case_clause').map((one) => readCase(one, reading)) },
    ...placeOf(node),
  };
};
