import { childOf, fieldOf, namedOf, type Source, type Syntax, textOf } from './syntax.ts';
import type { Expression, Literal } from './tree.ts';

type Read = (node: Syntax) => Expression;

const prefixOf = (source: Source, node: Syntax): string => {
  const start = childOf(node, 'string_start');
  return start
    ? textOf(source, start)
        .replace(/["'].*$/s, '')
        .toLowerCase()
    : '';
};

/** Expressions in a string, those of its format after what they format. */
function interpolations(node: Syntax, read: Read): Expression[] {
  return namedOf(node).flatMap((child) => {
    if (child.type !== 'interpolation' && child.type !== 'format_expression') return [];
    const expression = fieldOf(child, 'expression');
    const format = fieldOf(child, 'format_specifier') ?? childOf(child, 'format_specifier');
    // `{x:=5}` formats x; a name is given only in parentheses.
    const value = expression?.type === 'named_expression' ? fieldOf(expression, 'name') : expression;
    return [...(value ? [read(value)] : []), ...(format ? interpolations(format, read) : [])];
  });
}

function literalOf(source: Source, parts: readonly Syntax[]): Literal {
  const prefixes = parts.map((part) => prefixOf(source, part));
  const text = parts
    .map((part) => {
      const [start, end] = [childOf(part, 'string_start'), childOf(part, 'string_end')];
      return start && end ? source.text.slice(start.end, end.start) : '';
    })
    .join('');
  const type = prefixes.some((prefix) => prefix.includes('b')) ? 'bytes' : 'str';
  return { type, text, isRaw: prefixes.every((prefix) => prefix.includes('r')) };
}

/** A string, or several of them beside each other. */
export function readString(source: Source, node: Syntax, read: Read): Expression {
  const parts = node.type === 'concatenated_string' ? namedOf(node).filter(({ type }) => type === 'string') : [node];
  const prefixes = parts.map((part) => prefixOf(source, part));
  const { start, end, line } = node;
  if (prefixes.some((prefix) => /[ft]/.test(prefix))) {
    const values = parts.flatMap((part) => interpolations(part, read));
    return { kind: 'JoinedStr', values, isTemplate: prefixes.some((prefix) => prefix.includes('t')), start, end, line };
  }
  return { kind: 'Constant', literal: literalOf(source, parts), start, end, line };
}
