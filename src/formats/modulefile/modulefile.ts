/** Something that a modulefile does to the environment, with nothing but literal arguments. */
export interface ModuleStatement {
  readonly line: number;
  readonly kind: 'set' | 'prepend' | 'append' | 'remove' | 'unset' | 'load' | 'depends-on' | 'conflict' | 'family';
  /** A variable; or a module, as it was asked for. */
  readonly name: string;
  /** Of a variable. */
  readonly value?: string;
}

/** What a modulefile does as far as that can be told without running it. */
export interface Modulefile {
  readonly statements: readonly ModuleStatement[];
  /** The lines where something begins that was not understood: what it does may change all of the above. */
  readonly notUnderstood: readonly number[];
}

export const LONGEST_MODULEFILE = 1024 * 1024;

const PATHS: Readonly<Record<string, ModuleStatement['kind']>> = {
  'prepend-path': 'prepend',
  'append-path': 'append',
  'remove-path': 'remove',
};
const MODULES: Readonly<Record<string, ModuleStatement['kind']>> = {
  load: 'load',
  'depends-on': 'depends-on',
  conflict: 'conflict',
  family: 'family',
};
/** Help and descriptions. */
const IDLE = new Set(['help', 'whatis', 'module-whatis', 'module-version']);

const kindIn = (table: Readonly<Record<string, ModuleStatement['kind']>>, command: string) =>
  Object.hasOwn(table, command) ? table[command] : undefined;

/**
 * What a command does, in the spelling of Tcl with dashes; undefined where it is not known, or has other arguments.
 * A path's separator is understood where it is a colon: else the value is not a list of folders.
 */
export function statementsOf(
  line: number,
  command: string,
  words: readonly string[],
): readonly ModuleStatement[] | undefined {
  const [name, value, ...more] = words;
  if (IDLE.has(command)) return [];
  const modules = kindIn(MODULES, command);
  if (modules)
    return words.length > 0 && words.every(isModule)
      ? words.map((one) => ({ line, kind: modules, name: one }))
      : undefined;
  if (name === undefined || name === '' || name.startsWith('-')) return undefined;
  if (command === 'unsetenv' && value === undefined) return [{ line, kind: 'unset', name }];
  const kind = command === 'setenv' || command === 'pushenv' ? 'set' : kindIn(PATHS, command);
  if (!kind || value === undefined || more.length > 0) return undefined;
  return [{ line, kind, name, value }];
}

const isModule = (name: string) => name !== '' && !name.startsWith('-');
