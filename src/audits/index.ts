import type { Audit } from './audit.ts';
import { deepLibraryPath } from './deep-library-path/deep-library-path.ts';
import { deepSearchPath } from './deep-search-path/deep-search-path.ts';
import { heavyImport } from './heavy-import/heavy-import.ts';
import { metadataStorm } from './metadata-storm/metadata-storm.ts';
import { sharedInterpreter } from './shared-interpreter/shared-interpreter.ts';
import { unusableBytecode } from './unusable-bytecode/unusable-bytecode.ts';

export type { Audit } from './audit.ts';

/** In report order. */
export const audits: readonly Audit[] = [
  metadataStorm,
  heavyImport,
  deepSearchPath,
  deepLibraryPath,
  unusableBytecode,
  sharedInterpreter,
];
