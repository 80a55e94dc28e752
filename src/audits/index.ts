import type { Audit } from './audit.ts';
import { costlyPth } from './costly-pth/costly-pth.ts';
import { crowdedCores } from './crowded-cores/crowded-cores.ts';
import { deepLibraryPath } from './deep-library-path/deep-library-path.ts';
import { deepSearchPath } from './deep-search-path/deep-search-path.ts';
import { dividedLibrary } from './divided-library/divided-library.ts';
import { failedImport } from './failed-import/failed-import.ts';
import { farGpu } from './far-gpu/far-gpu.ts';
import { foreignMpi } from './foreign-mpi/foreign-mpi.ts';
import { foreignWheel } from './foreign-wheel/foreign-wheel.ts';
import { heavyImport } from './heavy-import/heavy-import.ts';
import { hiddenDistribution } from './hidden-distribution/hidden-distribution.ts';
import { homeUserSite } from './home-user-site/home-user-site.ts';
import { idleCores } from './idle-cores/idle-cores.ts';
import { largeLibrary } from './large-library/large-library.ts';
import { lowThreadLevel } from './low-thread-level/low-thread-level.ts';
import { metadataScan } from './metadata-scan/metadata-scan.ts';
import { metadataStorm } from './metadata-storm/metadata-storm.ts';
import { mismatchedMpi } from './mismatched-mpi/mismatched-mpi.ts';
import { misnamedWheel } from './misnamed-wheel/misnamed-wheel.ts';
import { missingFiles } from './missing-files/missing-files.ts';
import { missingGtl } from './missing-gtl/missing-gtl.ts';
import { missingInterpreter } from './missing-interpreter/missing-interpreter.ts';
import { missingLibrary } from './missing-library/missing-library.ts';
import { missingSymbolVersion } from './missing-symbol-version/missing-symbol-version.ts';
import { mixedMpiBuilds } from './mixed-mpi-builds/mixed-mpi-builds.ts';
import { mixedOpenmp } from './mixed-openmp/mixed-openmp.ts';
import { networkAtImport } from './network-at-import/network-at-import.ts';
import { newerProcessor } from './newer-processor/newer-processor.ts';
import { oldCudaDriver } from './old-cuda-driver/old-cuda-driver.ts';
import { oldGlibc } from './old-glibc/old-glibc.ts';
import { overriddenLibrary } from './overridden-library/overridden-library.ts';
import { overwrittenFiles } from './overwritten-files/overwritten-files.ts';
import { ownMpi } from './own-mpi/own-mpi.ts';
import { packagesOfAnotherPython } from './packages-of-another-python/packages-of-another-python.ts';
import { partitionWithoutMpi } from './partition-without-mpi/partition-without-mpi.ts';
import { pipOverConda } from './pip-over-conda/pip-over-conda.ts';
import { processAtImport } from './process-at-import/process-at-import.ts';
import { quotaBelowMask } from './quota-below-mask/quota-below-mask.ts';
import { recompiledModules } from './recompiled-modules/recompiled-modules.ts';
import { reenabledGil } from './reenabled-gil/reenabled-gil.ts';
import { serialHdf5 } from './serial-hdf5/serial-hdf5.ts';
import { shadowedModule } from './shadowed-module/shadowed-module.ts';
import { shadowingMpi } from './shadowing-mpi/shadowing-mpi.ts';
import { sharedCompileCache } from './shared-compile-cache/shared-compile-cache.ts';
import { sharedEnvironment } from './shared-environment/shared-environment.ts';
import { sharedGpu } from './shared-gpu/shared-gpu.ts';
import { sharedInterpreter } from './shared-interpreter/shared-interpreter.ts';
import { sharedWriteAtStart } from './shared-write-at-start/shared-write-at-start.ts';
import { shrunkenMask } from './shrunken-mask/shrunken-mask.ts';
import { silentRanks } from './silent-ranks/silent-ranks.ts';
import { singletonRanks } from './singleton-ranks/singleton-ranks.ts';
import { slowShellStart } from './slow-shell-start/slow-shell-start.ts';
import { spreadMask } from './spread-mask/spread-mask.ts';
import { staleBuild } from './stale-build/stale-build.ts';
import { testModuleImport } from './test-module-import/test-module-import.ts';
import { threadLimit } from './thread-limit/thread-limit.ts';
import { tooManyThreads } from './too-many-threads/too-many-threads.ts';
import { twinBlas } from './twin-blas/twin-blas.ts';
import { twinCuda } from './twin-cuda/twin-cuda.ts';
import { twinDistribution } from './twin-distribution/twin-distribution.ts';
import { twinHdf5 } from './twin-hdf5/twin-hdf5.ts';
import { twinLibstdcxx } from './twin-libstdcxx/twin-libstdcxx.ts';
import { twinMpi } from './twin-mpi/twin-mpi.ts';
import { twinOpenmp } from './twin-openmp/twin-openmp.ts';
import { understatedTag } from './understated-tag/understated-tag.ts';
import { unevenNodes } from './uneven-nodes/uneven-nodes.ts';
import { unevenRanks } from './uneven-ranks/uneven-ranks.ts';
import { unfitPartition } from './unfit-partition/unfit-partition.ts';
import { unlikeCopies } from './unlike-copies/unlike-copies.ts';
import { unmetMpi } from './unmet-mpi/unmet-mpi.ts';
import { unmountedEnvironment } from './unmounted-environment/unmounted-environment.ts';
import { unnamedMpi } from './unnamed-mpi/unnamed-mpi.ts';
import { unusableBytecode } from './unusable-bytecode/unusable-bytecode.ts';
import { unusedImport } from './unused-import/unused-import.ts';

export type { Audit } from './audit.ts';
export { largestPool } from './thread-pools.ts';

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
export const stepAudits: readonly Audit[] = [
  foreignMpi,
  singletonRanks,
  unevenNodes,
  unevenRanks,
  lowThreadLevel,
  crowdedCores,
  shrunkenMask,
  tooManyThreads,
  threadLimit,
  quotaBelowMask,
  idleCores,
  spreadMask,
  farGpu,
  sharedGpu,
  reenabledGil,
  shadowingMpi,
  twinMpi,
  missingGtl,
  twinOpenmp,
  twinBlas,
  twinHdf5,
  twinCuda,
  oldCudaDriver,
  twinLibstdcxx,
  shadowedModule,
  twinDistribution,
  packagesOfAnotherPython,
  // After what may be the cause.
  silentRanks,
  recompiledModules,
  sharedEnvironment,
];

/** Of an environment as it is on disk, in report order. */
export const environmentAudits: readonly Audit[] = [
  missingInterpreter,
  foreignWheel,
  oldGlibc,
  newerProcessor,
  missingLibrary,
  missingSymbolVersion,
  overriddenLibrary,
  unmetMpi,
  mismatchedMpi,
  unnamedMpi,
  mixedMpiBuilds,
  mixedOpenmp,
  unlikeCopies,
  dividedLibrary,
  hiddenDistribution,
  overwrittenFiles,
  missingFiles,
  pipOverConda,
  understatedTag,
  misnamedWheel,
  serialHdf5,
];

/** Asked of an environment where the user names a file of a site. */
export const siteAudits: readonly Audit[] = [
  unmountedEnvironment,
  unfitPartition,
  partitionWithoutMpi,
  ownMpi,
  staleBuild,
];

/** Asked of an environment where the user names modules to import. */
export const importAudits: readonly Audit[] = [failedImport];

export const audits: readonly Audit[] = [
  ...[...startAudits, ...stepAudits],
  ...[...environmentAudits, ...siteAudits, ...importAudits],
];
