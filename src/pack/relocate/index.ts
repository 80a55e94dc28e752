import { relocateEnvironmentSettings } from './environment-settings.ts';
import { relocateLibrarySearch } from './library-search.ts';
import { relocatePathConfiguration } from './path-configuration.ts';
import type { Relocation } from './relocation.ts';
import { relocateShebang } from './shebang.ts';

export type { Relocated, Surroundings } from './relocation.ts';

/** The first that has something to do does it. */
export const relocations: readonly Relocation[] = [
  relocateShebang,
  relocateEnvironmentSettings,
  relocatePathConfiguration,
  relocateLibrarySearch,
];
