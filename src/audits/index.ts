import type { Audit } from './audit.ts';
import { costlyPth } from './costly-pth/costly-pth.ts';
import { deepLibraryPath } from './deep-library-path/deep-library-path.ts';
import { deepSearchPath } from './deep-search-path/deep-search-path.ts';
import { foreignMpi } from './foreign-mpi/foreign-mpi.ts';
import { heavyImport } from './heavy-import/heavy-import.ts';
import { homeUserSite } from './home-user-site/home-user-site.ts';
import { largeLibrary } from './large-library/large-library.ts';
import { metadataScan } from './metadata-scan/metadata-scan.ts';
import { metadataStorm } from './metadata-storm/metadata-storm.ts';
import { networkAtImport } from './network-at-import/network-at-import.ts';
import { processAtImport } from './process-at-import/process-at-import.ts';
import { sharedCompileCache } from './shared-compile-cache/shared-compile-cache.ts';
import { sharedInterpreter } from './shared-interpreter/shared-interpreter.ts';
import { sharedWriteAtStart } from './shared-write-at-start/shared-write-at-start.ts';
import { slowShellStart } from './slow-shell-start/slow-shell-start.ts';
import { testModuleImport } from './test-module-import/test-module-import.ts';
import { unusableBytecode } from './unusable-bytecode/unusable-bytecode.ts';
import { unusedImport } from './unused-import/unused-import.ts';

export type { Audit } from './audit.ts';

/** Of the start of a job, in report order. */
export const startAudits: readonly Audit[] = [
  metadataStorm,
  heavyImport,
  deepSearchPath,
  deepLibraryPath,
  unusableBytecode,
  sharedInterpreter,
  homeUserSite,
  costlyPth,
  unusedImport,
  metadataScan,
  testModuleImport,
  processAtImport,
  networkAtImport,
  sharedWriteAtStart,
  sharedCompileCache,
  largeLibrary,
  slowShellStart,
];

/** Of a job step that the doctor looked at, in report order. */
export const stepAudits: readonly Audit[] = [foreignMpi];

export const audits: readonly Audit[] = [...startAudits, ...stepAudits];
