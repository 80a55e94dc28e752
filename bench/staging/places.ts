import { join } from 'node:path';
import { root } from '../../test/real/run.ts';

/** Each node sees its own mount of this folder at this path, as the nodes of a cluster do. */
export const shared = join(root, 'build/staging/shared');

/** Another path to the same folder, for what serves it from a node. */
export const served = join(root, 'build/staging/served');

/** Each node has a folder of its own in memory at this path. */
export const local = join(root, 'build/staging/local');

export const environment = join(shared, 'environment');
export const python = join(environment, 'venv/bin/python');
export const project = join(shared, 'project');

/** The example of the same name, which says when its imports are done, and waits for a line then. */
export const script = join(project, 'analysis.py');
