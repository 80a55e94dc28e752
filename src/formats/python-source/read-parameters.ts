import type { Reading } from './reading.ts';
import { childOf, fieldOf, namedOf, nameOf, placeOf, type Syntax } from './syntax.ts';
import type { Parameter } from './tree.ts';

const SPLATS: Readonly<Record<string, 'args' | 'kwargs'>> = {
  list_splat_pattern: 'args',
  dictionary_splat_pattern: 'kwargs',
};

/** Parameters of a function or lambda; `*` and `/` are told by the roles of those around them. */
export function readParameters(reading: Reading, node: Syntax | undefined): Parameter[] {
  const nodes = node ? namedOf(node) : [];
  const slash = nodes.findIndex(({ type }) => type === 'positional_separator');
  const star = nodes.findIndex(({ type, children }) => [type, children[0]?.type].some((one) => STARS.has(one ?? '')));
  return nodes.flatMap((one, at) => {
    const role = at < slash ? 'positional' : star >= 0 && at > star ? 'keyword' : 'normal';
    return readParameter(reading, one, role) ?? [];
  });
}

/** After these only keywords follow. */
const STARS = new Set(['keyword_separator', 'list_splat_pattern']);
const SEPARATORS = new Set(['keyword_separator', 'positional_separator']);

function readParameter(reading: Reading, node: Syntax, role: Parameter['role']): Parameter | undefined {
  if (SEPARATORS.has(node.type)) return undefined;
  // `name`, `name: type`, `name=value`, `*name`, `*name: type`: the name stands in the field, or is the first child.
  const named = node.type === 'identifier' ? node : (fieldOf(node, 'name') ?? namedOf(node)[0]);
  if (!named) return undefined;
  const splat = SPLATS[node.type] ?? SPLATS[named.type];
  const identifier = splat && named.type !== 'identifier' ? childOf(named, 'identifier') : named;
  const [type, value] = [fieldOf(node, 'type'), fieldOf(node, 'value')];
  return {
    ...{ name: identifier ? nameOf(reading, identifier) : '', role: splat ?? role, ...placeOf(node) },
    ...(type ? { annotation: reading.expression(type) } : {}),
    ...(value ? { value: reading.expression(value) } : {}),
  };
}
