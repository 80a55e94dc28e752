export type { LoadedObject } from './find-object.ts';
export type { LoaderMachine, Opened, Resolution, Step } from './machine.ts';
export { createProcess, type LoaderProcess } from './process.ts';
