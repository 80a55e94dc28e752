export type { FileStatus, FileType, FolderEntry, Host } from './host.ts';
