import { describe, expect, test } from 'vitest';
import type { MountClass, Storage } from '#schema';
import { recordingDraft } from '../../../test/recordings/recording-draft.ts';
import { storage } from './storage.ts';

type Sharing = Storage['mounts'][number]['sharing'];

function sharing(type: string, mountClass: MountClass, backing?: MountClass): Sharing | undefined {
  const draft = recordingDraft();
  draft.fact('mount', {
    id: 1,
    point: draft.path('/scratch'),
    type,
    class: mountClass,
    ...(backing ? { backing } : {}),
  });
  const made = storage.gather([draft.recording()]);
  return made.ok ? made.value.mounts[0]?.sharing : undefined;
}

describe('storage is', () => {
  test.for<[string, MountClass, MountClass | undefined, Sharing]>([
    ['lustre', 'lustre', undefined, 'shared'],
    ['nfs4', 'nfs', undefined, 'shared'],
    ['fuse.sshfs', 'fuse', undefined, 'shared'],
    ['fuse.slowfs', 'fuse', undefined, 'shared'],
    ['fuse.cvmfs2', 'fuse', undefined, 'shared'],
    ['ext4', 'local', undefined, 'node-local'],
    ['tmpfs', 'tmpfs', undefined, 'node-local'],
    ['fuseblk', 'fuse', undefined, 'node-local'],
    ['squashfs', 'squashfs', 'lustre', 'shared'],
    ['squashfs', 'squashfs', 'local', 'node-local'],
    ['fuse.squashfuse_ll', 'fuse', 'tmpfs', 'node-local'],
    ['overlay', 'overlay', 'nfs', 'shared'],
    ['overlay', 'overlay', undefined, 'unknown'],
    ['fuse.never-heard-of', 'fuse', undefined, 'unknown'],
    ['futurefs', 'unknown', undefined, 'unknown'],
  ])('%s as %s on %s: %s', ([type, mountClass, backing, wanted]) => {
    expect(sharing(type, mountClass, backing)).toBe(wanted);
  });
});
