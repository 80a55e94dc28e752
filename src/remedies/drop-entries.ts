import { shellPath } from '#base';
import type { Prescription } from './remedy.ts';

const setTo = (variable: string, folders: readonly string[]) =>
  folders.length === 0 ? `unset ${variable}` : `export ${variable}=${folders.map(shellPath).join(':')}`;

/** Takes entries out of a variable that lists folders, and puts them back. */
export function dropEntries(
  variable: string,
  { given, idle }: { readonly given: readonly string[]; readonly idle: readonly string[] },
): Pick<Prescription, 'title' | 'steps' | 'undo'> {
  const kept = given.filter((folder) => !idle.includes(folder));
  const entries = idle.length === 1 ? 'an entry' : `${idle.length} entries`;
  return {
    title: `Take ${entries} out of ${variable}`,
    steps: [setTo(variable, kept)],
    undo: setTo(variable, given),
  };
}
