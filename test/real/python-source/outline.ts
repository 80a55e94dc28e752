import type {
  Body,
  Comprehension,
  Expression,
  Keyword,
  Literal,
  Parameter,
  Pattern,
  Statement,
} from '#formats/python-source';

// A source without its places, as nested arrays: what dump.py makes of Python's own tree.

export type Outline = readonly (string | boolean | number | null | Outline)[];

const literal = (one: Literal): string => (one.type === 'bool' ? `bool ${one.value ? 'True' : 'False'}` : one.type);
const maybe = (node: Expression | undefined) => (node ? expression(node) : null);
const some = (nodes: readonly Expression[]) => nodes.map(expression);
const keywords = (all: readonly Keyword[]) => all.map(({ arg, value }): Outline => [arg ?? null, expression(value)]);
const generators = (all: readonly Comprehension[]) =>
  all.map(({ target, iter, ifs, isAsync }): Outline => [expression(target), expression(iter), some(ifs), isAsync]);
const parameters = (all: readonly Parameter[]) =>
  all.map(({ name, role, annotation, value }): Outline => [name, role, maybe(annotation), maybe(value)]);

const elts = (node: { readonly elts: readonly Expression[] }): Outline => [some(node.elts)];
const value = (node: { readonly value?: Expression }): Outline => [maybe(node.value)];
const comprehended = (node: { readonly elt: Expression; readonly generators: readonly Comprehension[] }): Outline => [
  expression(node.elt),
  generators(node.generators),
];

// biome-ignore-start lint/suspicious/noExplicitAny: each function takes the node of its name.
const EXPRESSIONS: Record<Expression['kind'], (node: any) => Outline> = {
  Name: ({ id }) => [id],
  Attribute: (node) => [expression(node.value), node.attr],
  Call: (node) => [expression(node.func), some(node.args), keywords(node.keywords)],
  Constant: (node) => [literal(node.literal)],
  BinOp: ({ op, left, right }) => [op, expression(left), expression(right)],
  UnaryOp: ({ op, operand }) => [op, expression(operand)],
  BoolOp: ({ op, values }) => [op, some(values)],
  Compare: ({ left, ops, comparators }) => [expression(left), ops, some(comparators)],
  Subscript: (node) => [expression(node.value), expression(node.slice)],
  Slice: ({ lower, upper, step }) => [maybe(lower), maybe(upper), maybe(step)],
  Lambda: (node) => [parameters(node.parameters), expression(node.body)],
  IfExp: ({ test, body: then, orelse }) => [expression(test), expression(then), expression(orelse)],
  Dict: ({ items }) => [items.map((item: any) => [maybe(item.key), expression(item.value)])],
  Set: elts,
  List: elts,
  Tuple: elts,
  ListComp: comprehended,
  SetComp: comprehended,
  GeneratorExp: comprehended,
  DictComp: (node) => [expression(node.key), maybe(node.value), generators(node.generators)],
  Await: value,
  YieldFrom: value,
  Starred: value,
  Yield: value,
  NamedExpr: (node) => [expression(node.target), expression(node.value)],
  JoinedStr: ({ values, isTemplate }) => [some(values), isTemplate],
  Unknown: () => [],
};

const STATEMENTS: Record<Statement['kind'], (node: any) => Outline> = {
  FunctionDef: (node) => [
    node.name,
    parameters(node.parameters),
    maybe(node.returns),
    some(node.decorators),
    node.isAsync,
    body(node.body),
  ],
  ClassDef: (node) => [node.name, some(node.bases), keywords(node.keywords), some(node.decorators), body(node.body)],
  Return: value,
  Delete: ({ targets }) => [some(targets)],
  Assign: (node) => [some(node.targets), expression(node.value)],
  AugAssign: (node) => [expression(node.target), node.op, expression(node.value)],
  AnnAssign: (node) => [expression(node.target), expression(node.annotation), maybe(node.value)],
  TypeAlias: (node) => [expression(node.name), expression(node.value)],
  For: (node) => [expression(node.target), expression(node.iter), node.isAsync, body(node.body), body(node.orelse)],
  While: (node) => [expression(node.test), body(node.body), body(node.orelse)],
  If: (node) => [expression(node.test), body(node.body), body(node.orelse)],
  With: (node) => [
    node.items.map((item: any) => [expression(item.context), maybe(item.target)]),
    node.isAsync,
    body(node.body),
  ],
  Match: (node) => [
    expression(node.subject),
    node.cases.map((one: any) => [pattern(one.pattern), maybe(one.guard), body(one.body)]),
  ],
  Raise: ({ exc, cause }) => [maybe(exc), maybe(cause)],
  Try: (node) => [
    body(node.body),
    node.handlers.map((one: any) => [maybe(one.type), one.name ?? null, body(one.body)]),
    node.handlers.some((one: any) => one.isGroup),
    body(node.orelse),
    body(node.finalbody),
  ],
  Assert: ({ test, msg }) => [expression(test), maybe(msg)],
  Import: ({ names }) => [names.map((one: any) => [one.name, one.asname ?? null])],
  ImportFrom: ({ module, level, names }) => [module, level, names.map((one: any) => [one.name, one.asname ?? null])],
  Global: ({ names }) => [names],
  Nonlocal: ({ names }) => [names],
  Expr: (node) => [expression(node.value)],
  Pass: () => [],
  Break: () => [],
  Continue: () => [],
  Unknown: () => [],
};

const PATTERNS: Record<Pattern['kind'], (node: any) => Outline> = {
  MatchValue: (node) => [expression(node.value)],
  MatchSequence: ({ patterns }) => [patterns.map(pattern)],
  MatchOr: ({ patterns }) => [patterns.map(pattern)],
  MatchMapping: ({ keys, patterns, rest }) => [some(keys), patterns.map(pattern), rest ?? null],
  MatchClass: (node) => [expression(node.cls), node.patterns.map(pattern), node.keywords],
  MatchStar: ({ name }) => [name === '_' ? null : (name ?? null)],
  MatchAs: (node) => [node.pattern ? pattern(node.pattern) : null, node.name === '_' ? null : (node.name ?? null)],
  Unknown: () => [],
};
// biome-ignore-end lint/suspicious/noExplicitAny: see above.

const expression = (node: Expression): Outline => [node.kind, ...EXPRESSIONS[node.kind](node)];
const pattern = (node: Pattern): Outline => [node.kind, ...PATTERNS[node.kind](node)];
export const body = (nodes: Body): Outline => nodes.map((node) => [node.kind, ...STATEMENTS[node.kind](node)]);
