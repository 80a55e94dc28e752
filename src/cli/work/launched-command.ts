import { basename } from 'node:path';

/** Programs that start a job's ranks: what follows their options is each rank's command. */
const LAUNCHERS: ReadonlySet<string> = new Set([
  'mpirun',
  'mpiexec',
  'mpiexec.hydra',
  'orterun',
  'prun',
  'prterun',
  'srun',
  'aprun',
  'jsrun',
  'flux',
  'ibrun',
]);

const PYTHON = /^python\d*(\.\d+)?t?$/;

/** The command with `launch` where a user puts it: before the command of each rank. */
export function launchedCommand(launch: readonly string[], command: readonly string[]): string[] {
  const at = LAUNCHERS.has(basename(command[0] ?? '')) ? command.findIndex((word) => PYTHON.test(basename(word))) : 0;
  return at < 0 ? [...launch, ...command] : [...command.slice(0, at), ...launch, ...command.slice(at)];
}
