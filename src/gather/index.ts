import { accesses } from './accesses/accesses.ts';
import { activities } from './activities/activities.ts';
import { found } from './found/found.ts';
import type { Gatherer } from './gatherer.ts';
import { hosts } from './hosts/hosts.ts';
import { imports } from './imports/imports.ts';
import { interpreters } from './interpreters/interpreters.ts';
import { libraries } from './libraries/libraries.ts';
import { loaded } from './loaded/loaded.ts';
import { placement } from './placement/placement.ts';
import { places } from './places/places.ts';
import { python } from './python/python.ts';
import { ranks } from './ranks/ranks.ts';
import { run } from './run/run.ts';
import { step } from './step/step.ts';
import { storage } from './storage/storage.ts';
import { threads } from './threads/threads.ts';
import { world } from './world/world.ts';

export type { Gatherer } from './gatherer.ts';
export { sharingOfMount } from './sharing-of-mount.ts';

/** Of a start: every artifact but the target, which is asked for and not recorded. */
export const gatherers: readonly Gatherer[] = [run, python, storage, imports, accesses, libraries, activities, ranks];

/** Of a step: each recording is of one node. */
export const stepGatherers: readonly Gatherer[] = [
  step,
  world,
  placement,
  threads,
  loaded,
  found,
  interpreters,
  places,
  hosts,
];
