export { type FilesystemProfile, filesystemProfiles } from './filesystems.ts';
