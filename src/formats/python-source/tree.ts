// Python's abstract syntax, with the names that CPython's `ast` has, https://docs.python.org/3/library/ast.html, and places.

/** Offsets into the text, in UTF-16 units; the line counts from 1. */
export interface Place {
  readonly start: number;
  readonly end: number;
  readonly line: number;
}

export interface Keyword extends Place {
  /** Absent of `**values`. */
  readonly arg?: string;
  readonly value: Expression;
}

export interface Comprehension extends Place {
  readonly target: Expression;
  readonly iter: Expression;
  readonly ifs: readonly Expression[];
  readonly isAsync: boolean;
}

export interface Parameter extends Place {
  readonly name: string;
  readonly role: 'positional' | 'normal' | 'args' | 'keyword' | 'kwargs';
  readonly annotation?: Expression;
  readonly value?: Expression;
}

/** What a literal is; text of strings and bytes as it is written between its quotes. */
export type Literal =
  | { readonly type: 'int' | 'float' | 'complex'; readonly text: string }
  | { readonly type: 'str' | 'bytes'; readonly text: string; readonly isRaw: boolean }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'None' | 'Ellipsis' };

type ExpressionOf =
  | { readonly kind: 'Name'; readonly id: string }
  | { readonly kind: 'Attribute'; readonly value: Expression; readonly attr: string }
  | {
      readonly kind: 'Call';
      readonly func: Expression;
      readonly args: Expressions;
      readonly keywords: readonly Keyword[];
    }
  | { readonly kind: 'Constant'; readonly literal: Literal }
  /** f-strings and template strings: the expressions in them, without their text. */
  | { readonly kind: 'JoinedStr'; readonly values: Expressions; readonly isTemplate: boolean }
  | { readonly kind: 'BinOp'; readonly left: Expression; readonly op: string; readonly right: Expression }
  | { readonly kind: 'UnaryOp'; readonly op: string; readonly operand: Expression }
  | { readonly kind: 'BoolOp'; readonly op: 'and' | 'or'; readonly values: Expressions }
  | {
      readonly kind: 'Compare';
      readonly left: Expression;
      readonly ops: readonly string[];
      readonly comparators: Expressions;
    }
  | { readonly kind: 'Subscript'; readonly value: Expression; readonly slice: Expression }
  | { readonly kind: 'Slice'; readonly lower?: Expression; readonly upper?: Expression; readonly step?: Expression }
  | { readonly kind: 'Lambda'; readonly parameters: readonly Parameter[]; readonly body: Expression }
  | { readonly kind: 'IfExp'; readonly test: Expression; readonly body: Expression; readonly orelse: Expression }
  /** A key is absent of `**values`. */
  | { readonly kind: 'Dict'; readonly items: readonly { readonly key?: Expression; readonly value: Expression }[] }
  | { readonly kind: 'Set' | 'List' | 'Tuple'; readonly elts: Expressions }
  | {
      readonly kind: 'ListComp' | 'SetComp' | 'GeneratorExp';
      readonly elt: Expression;
      readonly generators: readonly Comprehension[];
    }
  | {
      readonly kind: 'DictComp';
      readonly key: Expression;
      readonly value?: Expression;
      readonly generators: readonly Comprehension[];
    }
  | { readonly kind: 'Await' | 'YieldFrom' | 'Starred'; readonly value: Expression }
  | { readonly kind: 'Yield'; readonly value?: Expression }
  | { readonly kind: 'NamedExpr'; readonly target: Expression; readonly value: Expression }
  /** What could not be understood. */
  | { readonly kind: 'Unknown' };

export type Expression = Place & ExpressionOf;
type Expressions = readonly Expression[];

export interface Alias {
  readonly name: string;
  readonly asname?: string;
}

export interface Handler extends Place {
  readonly type?: Expression;
  readonly name?: string;
  readonly isGroup: boolean;
  readonly body: Body;
}

export interface WithItem {
  readonly context: Expression;
  readonly target?: Expression;
}

export interface MatchCase extends Place {
  readonly pattern: Pattern;
  readonly guard?: Expression;
  readonly body: Body;
}

type PatternOf =
  | { readonly kind: 'MatchValue'; readonly value: Expression }
  | { readonly kind: 'MatchSequence' | 'MatchOr'; readonly patterns: readonly Pattern[] }
  | {
      readonly kind: 'MatchMapping';
      readonly keys: Expressions;
      readonly patterns: readonly Pattern[];
      readonly rest?: string;
    }
  | {
      readonly kind: 'MatchClass';
      readonly cls: Expression;
      readonly patterns: readonly Pattern[];
      readonly keywords: readonly string[];
    }
  | { readonly kind: 'MatchStar'; readonly name?: string }
  /** Without pattern and name: `_`. */
  | { readonly kind: 'MatchAs'; readonly pattern?: Pattern; readonly name?: string }
  | { readonly kind: 'Unknown' };

export type Pattern = Place & PatternOf;

type StatementOf =
  | {
      readonly kind: 'FunctionDef';
      readonly name: string;
      readonly parameters: readonly Parameter[];
      readonly returns?: Expression;
      readonly decorators: Expressions;
      readonly isAsync: boolean;
      readonly body: Body;
    }
  | {
      readonly kind: 'ClassDef';
      readonly name: string;
      readonly bases: Expressions;
      readonly keywords: readonly Keyword[];
      readonly decorators: Expressions;
      readonly body: Body;
    }
  | { readonly kind: 'Return'; readonly value?: Expression }
  | { readonly kind: 'Delete'; readonly targets: Expressions }
  | { readonly kind: 'Assign'; readonly targets: Expressions; readonly value: Expression }
  | { readonly kind: 'AugAssign'; readonly target: Expression; readonly op: string; readonly value: Expression }
  | {
      readonly kind: 'AnnAssign';
      readonly target: Expression;
      readonly annotation: Expression;
      readonly value?: Expression;
    }
  | { readonly kind: 'TypeAlias'; readonly name: Expression; readonly value: Expression }
  | {
      readonly kind: 'For';
      readonly target: Expression;
      readonly iter: Expression;
      readonly isAsync: boolean;
      readonly body: Body;
      readonly orelse: Body;
    }
  | { readonly kind: 'While' | 'If'; readonly test: Expression; readonly body: Body; readonly orelse: Body }
  | { readonly kind: 'With'; readonly items: readonly WithItem[]; readonly isAsync: boolean; readonly body: Body }
  | { readonly kind: 'Match'; readonly subject: Expression; readonly cases: readonly MatchCase[] }
  | { readonly kind: 'Raise'; readonly exc?: Expression; readonly cause?: Expression }
  | {
      readonly kind: 'Try';
      readonly body: Body;
      readonly handlers: readonly Handler[];
      readonly orelse: Body;
      readonly finalbody: Body;
    }
  | { readonly kind: 'Assert'; readonly test: Expression; readonly msg?: Expression }
  | { readonly kind: 'Import'; readonly names: readonly Alias[]; readonly isLazy: boolean }
  /** `module` is empty of `from . import x`; a name is `*` of all. */
  | {
      readonly kind: 'ImportFrom';
      readonly module: string;
      readonly level: number;
      readonly names: readonly Alias[];
      readonly isLazy: boolean;
    }
  | { readonly kind: 'Global' | 'Nonlocal'; readonly names: readonly string[] }
  | { readonly kind: 'Expr'; readonly value: Expression }
  | { readonly kind: 'Pass' | 'Break' | 'Continue' }
  | { readonly kind: 'Unknown' };

export type Statement = Place & StatementOf;
export type Body = readonly Statement[];

/** A place that could not be understood. */
export interface Lost {
  readonly line: number;
  readonly start: number;
  readonly end: number;
}

export interface PythonSource {
  readonly body: Body;
  /** What could not be understood; the rest stands. */
  readonly lost: readonly Lost[];
}
