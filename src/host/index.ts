export type { FileStatus, Host } from './host.ts';
