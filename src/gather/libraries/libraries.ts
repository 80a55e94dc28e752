import { success } from '#base';
import { pathText } from '#schema';
import type { Gatherer } from '../gatherer.ts';
import { firstRank } from '../observed-ranks.ts';

/** The shared libraries that the first observed rank had loaded at the end of its start. */
export const libraries: Gatherer<'libraries'> = {
  makes: 'libraries',

  gather(recordings) {
    const { facts, paths } = firstRank(recordings)?.recording ?? recordings[0];
    const distinct = new Map(facts.library.map((fact) => [fact.path, fact]));
    return success({
      libraries: [...distinct.values()].map(({ path, soname, needed, fileBytes, mappedBytes }) => ({
        path: pathText(paths, path),
        mount: paths[path]?.mount ?? 0,
        ...(soname === undefined ? {} : { soname }),
        needed,
        ...(fileBytes === undefined ? {} : { fileBytes }),
        ...(mappedBytes === undefined ? {} : { mappedBytes }),
      })),
    });
  },
};
