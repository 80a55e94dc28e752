export { createPythonReader, type PythonReader } from './reader.ts';
export type * from './tree.ts';
