import * as z from 'zod';

/** Kinds of file systems, by who serves them. */
export const MountClass = z.enum([
  'lustre',
  'gpfs',
  'nfs',
  'beegfs',
  'cvmfs',
  'dvs',
  'weka',
  'daos',
  'cephfs',
  'afs',
  'fuse',
  'overlay',
  'squashfs',
  'tmpfs',
  'local',
  'pseudo',
  'unknown',
]);
export type MountClass = z.infer<typeof MountClass>;
