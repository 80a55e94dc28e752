import { type Converter, oneOrTuple, optional, type Reading } from './reading.ts';
import { childOf, fieldOf, fieldsOf, hasWord, namedOf, nameOf, placeOf, type Syntax } from './syntax.ts';
import type { Alias, Expression, Statement } from './tree.ts';

/** `a = b = c` nests to the right. */
function assignment(node: Syntax, reading: Reading): Statement {
  const type = fieldOf(node, 'type');
  const [left, right] = [fieldOf(node, 'left'), fieldOf(node, 'right')];
  if (type) {
    const [target, annotation] = [reading.expression(left), reading.expression(type)];
    return { kind: 'AnnAssign', target, annotation, ...optional(reading, 'value', right), ...placeOf(node) };
  }
  const targets: Expression[] = [reading.expression(left)];
  let value = right;
  while (value?.type === 'assignment') {
    targets.push(reading.expression(fieldOf(value, 'left')));
    value = fieldOf(value, 'right');
  }
  return { kind: 'Assign', targets, value: reading.expression(value), ...placeOf(node) };
}

export const expressionStatement: Converter<Statement> = (node, reading) => {
  const parts = namedOf(node);
  const [only] = parts;
  if (only?.type === 'assignment') return { ...assignment(only, reading), ...placeOf(node) };
  if (only?.type === 'augmented_assignment') {
    const op = fieldOf(only, 'operator')?.type.replace(/=$/, '') ?? '';
    const target = reading.expression(fieldOf(only, 'left'));
    return { kind: 'AugAssign', target, op, value: reading.expression(fieldOf(only, 'right')), ...placeOf(node) };
  }
  const value = oneOrTuple(reading, parts, hasWord(node, ','), node);
  return { kind: 'Expr', value, ...placeOf(node) };
};

export function readAliases(reading: Reading, nodes: readonly Syntax[]): Alias[] {
  return nodes.map((node) => {
    if (node.type !== 'aliased_import') return { name: nameText(reading, node) };
    const [name, alias] = [fieldOf(node, 'name'), fieldOf(node, 'alias')];
    return {
      name: name ? nameText(reading, name) : '',
      ...(alias ? { asname: nameOf(reading, alias) } : {}),
    };
  });
}

/** Names may have white space and line ends around their dots. */
const nameText = (reading: Reading, node: Syntax): string => nameOf(reading, node).replaceAll(/[\s\\]+/g, '');

export const importFrom: Converter<Statement> = (node, reading) => {
  const module = fieldOf(node, 'module_name');
  const relative = module?.type === 'relative_import' ? module : undefined;
  const prefix = relative && childOf(relative, 'import_prefix');
  const named = relative ? childOf(relative, 'dotted_name') : module;
  const names = childOf(node, 'wildcard_import') ? [{ name: '*' }] : readAliases(reading, fieldsOf(node, 'name'));
  return {
    ...{ kind: 'ImportFrom', module: named ? nameText(reading, named) : '', names, isLazy: false },
    ...{ level: prefix ? nameText(reading, prefix).length : 0, ...placeOf(node) },
  };
};

/** The grammar takes `type(x).y = z` for an alias: those have a name on their left. */
export const typeAlias: Converter<Statement> = (node, reading) => {
  const left = fieldOf(node, 'left');
  const [name] = left?.type === 'type' ? namedOf(left) : [left];
  const value = reading.expression(fieldOf(node, 'right'));
  if (!name || name.type === 'identifier' || name.type === 'generic_type') {
    return { kind: 'TypeAlias', name: reading.expression(name), value, ...placeOf(node) };
  }
  return { kind: 'Assign', targets: [ofTypeCall(name, reading)], value, ...placeOf(node) };
};

/** `(x).y`, of which the first is what `type` is called with. */
function ofTypeCall(node: Syntax, reading: Reading): Expression {
  if (node.type === 'parenthesized_expression' || node.type === 'tuple') {
    const args = namedOf(node).map((one) => reading.expression(one));
    return { kind: 'Call', func: { kind: 'Name', id: 'type', ...placeOf(node) }, args, keywords: [], ...placeOf(node) };
  }
  const [of] = namedOf(node);
  const read = reading.expression(node);
  const value = of ? ofTypeCall(of, reading) : read;
  return read.kind === 'Attribute' || read.kind === 'Subscript' ? { ...read, value } : read;
}

export const plain =
  (kind: 'Pass' | 'Break' | 'Continue'): Converter<Statement> =>
  (node) => ({ kind, ...placeOf(node) });

export const scoped =
  (kind: 'Global' | 'Nonlocal'): Converter<Statement> =>
  (node, reading) => ({ kind, names: namedOf(node).map((one) => nameOf(reading, one)), ...placeOf(node) });

/** `print >> file, text` is an expression in Python 3, if no sound one. */
export function shifted(node: Syntax, chevron: Syntax, reading: Reading): Statement {
  const [file, ...rest] = [...namedOf(chevron), ...fieldsOf(node, 'argument')].map((one) => reading.expression(one));
  const print: Expression = { kind: 'Name', id: 'print', ...placeOf(node) };
  const shift: Expression = { kind: 'BinOp', op: '>>', left: print, right: file ?? print, ...placeOf(node) };
  const value: Expression = rest.length > 0 ? { kind: 'Tuple', elts: [shift, ...rest], ...placeOf(node) } : shift;
  return { kind: 'Expr', value, ...placeOf(node) };
}

/** Of Python 2: understood by nobody who runs Python 3. */
export const lost: Converter<Statement> = (node, reading) => {
  reading.lost.push(placeOf(node));
  return { kind: 'Unknown', ...placeOf(node) };
};
