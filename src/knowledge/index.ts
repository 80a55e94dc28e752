export { type CompileCache, compileCaches } from './compile-caches.ts';
export { filesystemProfiles, findFilesystemProfile, profileForMount } from './filesystems.ts';
