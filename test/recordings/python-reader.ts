import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createPythonReader } from '#formats/python-source';

const packages = join(import.meta.dirname, '../../node_modules');

/** The reader with the grammar that is bundled. */
export const pythonReader = () =>
  createPythonReader({
    runtime: readFileSync(join(packages, 'web-tree-sitter/web-tree-sitter.wasm')),
    python: readFileSync(join(packages, 'tree-sitter-python/tree-sitter-python.wasm')),
  });
