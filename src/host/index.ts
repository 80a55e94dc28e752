export type { FileStatus, FileType, FolderEntry, Host, OpenFile } from './host.ts';
