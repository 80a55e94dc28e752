import { success } from '#base';
import type { Facts, LoadedLibrary, Recording } from '#schema';
import type { Gatherer } from '../gatherer.ts';
import { groupShared } from '../group-ranks.ts';
import { stepPathText } from '../step-path-text.ts';

type Library = Facts['loaded'][number]['libraries'][number];

function library({ paths }: Recording, { path, kind, name, version, family, owner }: Library): LoadedLibrary {
  return {
    path: stepPathText(paths, path),
    kind,
    name,
    ...(version === undefined ? {} : { version }),
    ...(family === undefined ? {} : { family }),
    ...(owner === undefined ? {} : { owner }),
  };
}

/** The order of addresses says nothing, and is another in each rank. */
const byKindAndPath = (a: LoadedLibrary, b: LoadedLibrary) =>
  compare(a.kind, b.kind) || compare(a.path, b.path) || compare(a.name, b.name);

function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** Libraries of the kinds that clash, as the ranks had them mapped. */
export const loaded: Gatherer<'loaded'> = {
  makes: 'loaded',

  gather(recordings) {
    return success({
      groups: groupShared(
        recordings,
        ({ facts }) => facts.loaded,
        ({ libraries, others }, recording) => ({
          libraries: libraries.map((one) => library(recording, one)).sort(byKindAndPath),
          others,
        }),
      ),
    });
  },
};
