import type { FilesystemProfile, MountClass } from '#schema';
import beegfs from '../../knowledge/filesystems/beegfs.json' with { type: 'json' };
import cephfs from '../../knowledge/filesystems/cephfs.json' with { type: 'json' };
import cvmfs from '../../knowledge/filesystems/cvmfs.json' with { type: 'json' };
import daos from '../../knowledge/filesystems/daos.json' with { type: 'json' };
import dvs from '../../knowledge/filesystems/dvs.json' with { type: 'json' };
import gpfs from '../../knowledge/filesystems/gpfs.json' with { type: 'json' };
import local from '../../knowledge/filesystems/local.json' with { type: 'json' };
import lustre from '../../knowledge/filesystems/lustre.json' with { type: 'json' };
import lustre212 from '../../knowledge/filesystems/lustre-2-12.json' with { type: 'json' };
import nfs from '../../knowledge/filesystems/nfs.json' with { type: 'json' };
import nfs4 from '../../knowledge/filesystems/nfs4.json' with { type: 'json' };
import slowfs from '../../knowledge/filesystems/slowfs.json' with { type: 'json' };
import tmpfs from '../../knowledge/filesystems/tmpfs.json' with { type: 'json' };
import weka from '../../knowledge/filesystems/weka.json' with { type: 'json' };

// JSON gives TypeScript wider types than the schema's; filesystems.test.ts holds each file to the schema.
/** Every profile that ships with Pharos. knowledge/README.md says how figures are marked. */
export const filesystemProfiles = [
  beegfs,
  cephfs,
  cvmfs,
  daos,
  dvs,
  gpfs,
  local,
  lustre,
  lustre212,
  nfs,
  nfs4,
  slowfs,
  tmpfs,
  weka,
] as readonly FilesystemProfile[];

/** The profile with this id. */
export function findFilesystemProfile(id: string): FilesystemProfile | undefined {
  return filesystemProfiles.find((profile) => profile.id === id);
}

/** The profile for a mount. The kernel's type name is nearer than the class: NFS version 4 and 3 are one class. Undefined where nothing is known. */
export function profileForMount(mount: {
  readonly type: string;
  readonly class: MountClass;
}): FilesystemProfile | undefined {
  return (
    filesystemProfiles.find((profile) => profile.mounts.types.includes(mount.type)) ??
    filesystemProfiles.find((profile) => profile.mounts.classes.includes(mount.class))
  );
}
