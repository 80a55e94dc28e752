import { success } from '#base';
import { pathText } from '#schema';
import type { Gatherer } from '../gatherer.ts';
import { firstRank } from '../observed-ranks.ts';
import { sharingOfMount } from '../sharing-of-mount.ts';

/** The file systems that were touched, and whether all nodes share them. Unknown is never taken for local. */
export const storage: Gatherer<'storage'> = {
  makes: 'storage',

  gather(recordings) {
    const { facts, paths } = firstRank(recordings)?.recording ?? recordings[0];
    return success({
      mounts: facts.mount.map((mount) => ({
        id: mount.id,
        point: pathText(paths, mount.point),
        type: mount.type,
        class: mount.class,
        sharing: sharingOfMount(mount),
      })),
    });
  },
};
