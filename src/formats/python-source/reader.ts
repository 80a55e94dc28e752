import { Language, Parser } from 'web-tree-sitter';
import { readExpression } from './read-expression.ts';
import { readStatements } from './read-statement.ts';
import { NOTHING, type Reading } from './reading.ts';
import { namedOf, placeOf, plainSyntax, type Syntax } from './syntax.ts';
import type { Lost, PythonSource } from './tree.ts';

/** Reads Python of the versions 3.8 to 3.14; nothing of it is run. */
export interface PythonReader {
  read(text: string): PythonSource;
}

/** The grammar's bytes, and those of the machine that runs it: who may read files hands them in. */
export interface Grammar {
  readonly runtime: Uint8Array;
  readonly python: Uint8Array;
}

/** Python itself refuses more than 200 parentheses in each other, and 100 blocks; no program comes near this. */
const DEEPEST = 1000;

function readingOf(text: string): Reading {
  const lost: Lost[] = [];
  let depth = 0;
  function deeper<Value>(read: () => Value, node: Syntax | undefined, instead: Value): Value {
    if (depth >= DEEPEST) {
      if (node) lost.push(placeOf(node));
      return instead;
    }
    depth += 1;
    const value = read();
    depth -= 1;
    return value;
  }
  const reading: Reading = {
    ...{ text, lost },
    expression: (node) => deeper(() => readExpression(reading, node), node, NOTHING),
    body: (node) =>
      deeper(
        () => (node ? namedOf(node) : []).flatMap((one) => readStatements(reading, one, node?.type === 'ERROR')),
        node,
        [],
      ),
  };
  return reading;
}

/** `{x:=5}`, in which the grammar sees a name that is given. */
const isFormat = ({ type, field }: Syntax): boolean => type === 'named_expression' && field === 'expression';

/** Parts that the grammar could not place, wherever they stand; defaults of type parameters are none of our matter. */
function listBroken(syntax: Syntax): Lost[] {
  const broken: Lost[] = [];
  const open = [syntax];
  for (let node = open.pop(); node; node = open.pop()) {
    if (node.type === 'ERROR' || node.isMissing) broken.push(placeOf(node));
    else if (node.type !== 'type_parameter' && !isFormat(node)) open.push(...node.children);
  }
  return broken;
}

function eachOnce(lost: readonly Lost[]): Lost[] {
  const places = new Map(lost.map((one) => [`${one.start} ${one.end}`, one]));
  return [...places.values()].sort((a, b) => a.start - b.start || a.end - b.end);
}

/** One for all sources: to begin takes some 25 ms. */
export async function createPythonReader({ runtime, python }: Grammar): Promise<PythonReader> {
  await Parser.init({ wasmBinary: runtime });
  const parser = new Parser();
  parser.setLanguage(await Language.load(python));
  return {
    read(text) {
      const tree = parser.parse(text);
      if (!tree) return { body: [], lost: [{ start: 0, end: text.length, line: 1 }] };
      const reading = readingOf(text);
      const syntax = plainSyntax(tree);
      tree.delete();
      const body = reading.body(syntax);
      return { body, lost: eachOnce([...reading.lost, ...listBroken(syntax)]) };
    },
  };
}
