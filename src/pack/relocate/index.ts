import { relocateEmbeddedPrefix } from './embedded-prefix.ts';
import { relocateEnvironmentSettings } from './environment-settings.ts';
import { relocateLibrarySearch } from './library-search.ts';
import { relocatePathConfiguration } from './path-configuration.ts';
import type { Relocation } from './relocation.ts';
import { relocateShebang } from './shebang.ts';

export type { Relocated, Surroundings } from './relocation.ts';

/** One after the other: each has what the one before it made. */
export const relocations: readonly Relocation[] = [
  relocateShebang,
  relocateEnvironmentSettings,
  relocatePathConfiguration,
  relocateLibrarySearch,
  relocateEmbeddedPrefix,
];
