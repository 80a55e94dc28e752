export { filesystemProfiles, findFilesystemProfile, profileForMount } from './filesystems.ts';
