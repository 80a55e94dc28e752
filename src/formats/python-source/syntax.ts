import type { Tree } from 'web-tree-sitter';
import type { Place } from './tree.ts';

// The concrete tree of the grammar as plain objects: each step of tree-sitter's own nodes is a call into WebAssembly.

/** A node of the grammar, https://github.com/tree-sitter/tree-sitter-python/blob/v0.25.0/src/node-types.json. */
export interface Syntax extends Place {
  readonly type: string;
  readonly field: string | undefined;
  readonly isNamed: boolean;
  /** Expected, and not there. */
  readonly isMissing: boolean;
  readonly children: readonly Syntax[];
}

/** They may stand anywhere. */
const EXTRAS = new Set(['comment', 'line_continuation']);

interface Growing extends Place {
  readonly type: string;
  readonly field: string | undefined;
  readonly isNamed: boolean;
  readonly isMissing: boolean;
  readonly children: Growing[];
}

/** All of a tree. A deep one is no reason to run out of stack. */
export function plainSyntax(tree: Tree): Syntax {
  const cursor = tree.walk();
  const above: Growing[] = [];
  for (;;) {
    const node: Growing = {
      ...{ type: cursor.nodeType, field: cursor.currentFieldName ?? undefined, isNamed: cursor.nodeIsNamed },
      ...{ isMissing: cursor.nodeIsMissing, children: [] },
      ...{ start: cursor.startIndex, end: cursor.endIndex, line: cursor.startPosition.row + 1 },
    };
    if (!EXTRAS.has(node.type)) above.at(-1)?.children.push(node);
    above.push(node);
    if (cursor.gotoFirstChild()) continue;
    let left = above.pop() ?? node;
    while (!cursor.gotoNextSibling()) {
      if (!cursor.gotoParent()) {
        cursor.delete();
        return left;
      }
      left = above.pop() ?? left;
    }
  }
}

/** The text that a tree is of. */
export interface Source {
  readonly text: string;
}

export const textOf = ({ text }: Source, { start, end }: Place): string => text.slice(start, end);

/** Python takes names in their normal form: https://docs.python.org/3/reference/lexical_analysis.html#identifiers. */
export const nameOf = (source: Source, node: Place): string => textOf(source, node).normalize('NFKC');

export const fieldOf = ({ children }: Syntax, name: string): Syntax | undefined =>
  children.find(({ field }) => field === name);
export const fieldsOf = ({ children }: Syntax, name: string): Syntax[] =>
  children.filter(({ field }) => field === name);
export const childOf = ({ children }: Syntax, type: string): Syntax | undefined =>
  children.find((child) => child.type === type);
export const childrenOf = ({ children }: Syntax, type: string): Syntax[] =>
  children.filter((child) => child.type === type);
export const namedOf = ({ children }: Syntax): Syntax[] => children.filter(({ isNamed }) => isNamed);
/** Whether a word such as `async` stands in it. */
export const hasWord = ({ children }: Syntax, word: string): boolean =>
  children.some(({ type, isNamed }) => type === word && !isNamed);

export const placeOf = ({ start, end, line }: Place): Place => ({ start, end, line });
