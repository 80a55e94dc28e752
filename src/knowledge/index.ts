export { type CompileCache, compileCaches } from './compile-caches.ts';
export { isDriverTooOld, oldestDriverFor } from './cuda.ts';
export { filesystemProfiles, findFilesystemProfile, profileForMount } from './filesystems.ts';
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
export { scaleModel } from './scale-model.ts';
