import type { Facts, MountClass, Storage } from '#schema';

type Sharing = Storage['mounts'][number]['sharing'];
type Mount = Facts['mount'][number];

/** Classes that tell by themselves; the others depend on what is below them. */
const sharingOf: Readonly<Partial<Record<MountClass, Sharing>>> = {
  lustre: 'shared',
  gpfs: 'shared',
  nfs: 'shared',
  beegfs: 'shared',
  cvmfs: 'shared',
  dvs: 'shared',
  weka: 'shared',
  daos: 'shared',
  cephfs: 'shared',
  afs: 'shared',
  tmpfs: 'node-local',
  local: 'node-local',
  pseudo: 'node-local',
};

/** Programs behind `fuse.*` whose files are on another machine. Names are those that /proc/mounts shows. */
const networkFuse: ReadonlySet<string> = new Set([
  'sshfs',
  'glusterfs',
  'slowfs',
  'cvmfs2',
  'juicefs',
  'gcsfuse',
  's3fs',
  's3ql',
  'goofys',
  'geesefs',
  'mount-s3',
  'mountpoint-s3',
  'rclone',
  'blobfuse',
  'blobfuse2',
  'ceph-fuse',
  'ceph',
  'mfs',
  'moosefs',
  'mfsmount',
  'lizardfs',
  'saunafs',
  'mfs-saunafs',
  'seaweedfs',
  'weed',
  'dfuse',
  'daos',
  'nfs',
  'fuse-nfs',
  'pvfs2fuse',
  'orangefs',
  'xrootdfs',
  'eosxd',
  'alluxio-fuse',
  'unifyfs',
  'gfarm2fs',
  'onedata',
  'oneclient',
  'davfs',
  'copper',
  'cu_fuse',
  'objectivefs',
  'beegfs',
  'vmhgfs-fuse',
  'virtiofs',
]);

/** Programs behind `fuse.*` and `fuseblk` that read a disk of this node. */
const localFuse: ReadonlySet<string> = new Set(['ntfs-3g', 'exfat', 'ext2', 'fuse-ext2', 'lxcfs']);

function ofFuse({ type, backing }: Mount): Sharing {
  const program = type.replace(/^fuse\./, '').split('#', 1)[0] ?? '';
  if (networkFuse.has(program)) return 'shared';
  if (type === 'fuseblk' || localFuse.has(program)) return 'node-local';
  return ofBacking(backing);
}

function ofBacking(backing: MountClass | undefined): Sharing {
  return (backing && sharingOf[backing]) ?? 'unknown';
}

/** Whether all nodes share what is on the mount. Unknown is never taken for local. */
export function sharingOfMount(mount: Mount): Sharing {
  return mount.class === 'fuse' ? ofFuse(mount) : (sharingOf[mount.class] ?? ofBacking(mount.backing));
}
