export { describeMachine } from './describe-machine.ts';
export { mergeMachines, type NamedMachine } from './merge-machines.ts';
export { notesOfMachine } from './notes.ts';
