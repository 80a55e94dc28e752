import { accesses } from './accesses/accesses.ts';
import { activities } from './activities/activities.ts';
import type { Gatherer } from './gatherer.ts';
import { imports } from './imports/imports.ts';
import { libraries } from './libraries/libraries.ts';
import { python } from './python/python.ts';
import { ranks } from './ranks/ranks.ts';
import { run } from './run/run.ts';
import { storage } from './storage/storage.ts';

export type { Gatherer } from './gatherer.ts';

/** Of a start: every artifact but the target, which is asked for and not recorded. */
export const gatherers: readonly Gatherer[] = [run, python, storage, imports, accesses, libraries, activities, ranks];

/** Of a step: each recording is of one node. */
export const stepGatherers: readonly Gatherer[] = [];
