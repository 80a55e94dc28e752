import { compileBytecode } from './compile-bytecode/compile-bytecode.ts';
import { dropLibraryPathEntry } from './drop-library-path-entry/drop-library-path-entry.ts';
import { dropPathEntry } from './drop-path-entry/drop-path-entry.ts';
import { packEnvironment } from './pack-environment/pack-environment.ts';
import type { RemedyUnit } from './remedy.ts';
import { skipUserSite } from './skip-user-site/skip-user-site.ts';
import { useSafePath } from './use-safe-path/use-safe-path.ts';

export type { Complaint, Prescription, RemedyUnit } from './remedy.ts';

export const remedies: readonly RemedyUnit[] = [
  dropPathEntry,
  useSafePath,
  skipUserSite,
  dropLibraryPathEntry,
  compileBytecode,
  packEnvironment,
];
