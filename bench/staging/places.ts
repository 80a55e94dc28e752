import { basename, join } from 'node:path';
import { root } from '../../test/real/run.ts';
import { isLarge, job } from './job.ts';

const place = join(root, 'build/staging', isLarge ? 'torch' : '.');

/** Each node sees its own mount of this folder at this path, as the nodes of a cluster do. */
export const shared = join(place, 'shared');

/** Another path to the same folder, for what serves it from a node. */
export const served = join(place, 'served');

/** Each node has a folder of its own in memory at this path. */
export const local = join(place, 'local');

export const environment = join(shared, 'environment');
export const python = join(environment, 'venv/bin/python');
export const project = join(shared, 'project');

/** The job's own, which says when its imports are done, and waits for a line then. */
export const script = join(project, basename(job.script));
