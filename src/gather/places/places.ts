import { success } from '#base';
import type { Facts, Group, Places, Recording } from '#schema';
import type { Gatherer } from '../gatherer.ts';
import { groupShared } from '../group-ranks.ts';
import { sharingOfMount } from '../sharing-of-mount.ts';
import { stepPathText } from '../step-path-text.ts';

type Place = Places['groups'][number]['value'][number];

/** The kernel follows no more (`MAXSYMLINKS`). */
const MOST_LINKS = 40;

/** The mount of what the path leads to. */
function mountOf({ paths }: Recording, index: number): number {
  let node = paths[index];
  for (let links = 0; node?.link !== undefined && links < MOST_LINKS; links += 1) node = paths[node.link];
  return node?.mount ?? 0;
}

function placesOf(recording: Recording, { places }: Facts['places'][number]): Place[] {
  const mounts = new Map(recording.facts.mount.map((mount) => [mount.id, mount]));
  return places.map(({ name, path }) => {
    const mount = mounts.get(mountOf(recording, path));
    return {
      name,
      path: stepPathText(recording.paths, path),
      ...(mount ? { class: mount.class, sharing: sharingOfMount(mount) } : { sharing: 'unknown' }),
    };
  });
}

/** On what the environment, the interpreter, caches and home of the ranks live. */
export const places: Gatherer<'places'> = {
  makes: 'places',

  gather(recordings) {
    const groups: Group<Place[]>[] = groupShared(
      recordings,
      ({ facts }) => facts.places,
      (fact, recording) => placesOf(recording, fact),
    );
    return success({ groups });
  },
};
