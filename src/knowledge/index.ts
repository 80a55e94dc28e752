export { type CompileCache, compileCaches } from './compile-caches.ts';
export {
  type CpuFacts,
  type CpuTarget,
  cpuTargetOf,
  findCpuTarget,
  listTargetsThatRun,
  missingFeatures,
  readCpuFacts,
  runsCodeOf,
} from './cpu-targets.ts';
export { isDriverTooOld, oldestDriverFor } from './cuda.ts';
export { filesystemProfiles, findFilesystemProfile, profileForMount } from './filesystems.ts';
export {
  type CommandWrapper,
  commandWrappers,
  type JobLauncher,
  type JobStart,
  jobLaunchers,
  jobStarts,
  otherLaunchers,
} from './job-launchers.ts';
export { type LauncherTimeout, launcherTimings, startTimeouts } from './launchers.ts';
export {
  fitOf,
  type Launched,
  launcherOf,
  type MpiFit,
  type MpiLibrary,
  mpiConsumers,
  mpiPackages,
  mpiTitle,
  mpiVersionOfFile,
} from './mpi.ts';
export { type PlatformTag, platformOf } from './platform-tags.ts';
export { scaleModel } from './scale-model.ts';
export { type Coupling, type SiteCoupled, siteCoupled } from './site-coupled.ts';
export { loaderFolders, siteFolders, siteLibraryKind, systemFolders } from './site-libraries.ts';
export { type FanOutTransport, staging, type Transport, type TreeTransport } from './transports.ts';
export { wheelBaseline } from './wheel-baselines.ts';
