import { sharingOfMount } from '#gather';
import { type CallsOnPath, type ImageManifest, type ImageRoot, isWithin, pathText, type Recording } from '#schema';
import { type Calls, NOT_FOLLOWING } from './calls.ts';
import type { RealPaths } from './real-paths.ts';

/** `staged`: in a folder that the image stands for. `left`: a library that was left out of it for its cost. `other`: elsewhere on shared storage. Undefined: this node's own. */
export type Where = CallsOnPath['where'];

export interface Placed {
  /** Where the call really led. */
  readonly path: string;
  readonly where: Where;
}

/** Tells where calls led. */
export type Ground = (call: Pick<Calls, 'path' | 'operation'>) => Promise<Placed | undefined>;

/** In a folder of the user's own, only code is what the image stands for: data stays where it is, and so do results. */
const CODE = /\.(py|pyc|pyi|so)$|\.so\.[\d.]+$/;

function rootOf(path: string, roots: readonly ImageRoot[]): ImageRoot | undefined {
  const above = roots.filter((root) => isWithin(path, root.path));
  return above.sort((a, b) => b.path.length - a.path.length)[0];
}

/** Whether all nodes share what is at a path: of the mount nearest above it. */
function sharedTest({ facts, paths }: Recording): (path: string) => boolean {
  const mounts = facts.mount
    .map((mount) => ({ point: pathText(paths, mount.point), isShared: sharingOfMount(mount) === 'shared' }))
    .sort((a, b) => b.point.length - a.point.length);
  return (path) => mounts.find(({ point }) => isWithin(path, point))?.isShared ?? false;
}

/** The script of the run: in the folder that a Python puts first on its search path. */
function scriptOf({ facts, paths }: Recording): string | undefined {
  const [command] = facts.command;
  const folder = facts.python[0]?.pathEntries.find(({ origin }) => origin === 'script');
  if (!command?.script || !folder) return undefined;
  return `${pathText(paths, folder.path)}/${command.script.slice(command.script.lastIndexOf('/') + 1)}`;
}

const WRITING: ReadonlySet<string> = new Set(['create', 'rename', 'unlink', 'mkdir']);

const isCode = (path: string, operation: string) => CODE.test(path) && !WRITING.has(operation);

/** `stage`: its folder without links; absent for the run as it is. */
export function ground(
  { roots, files, script, left = [] }: ImageManifest,
  recording: Recording,
  real: RealPaths,
  stage: string | undefined,
): Ground {
  const packed = new Set(files.map(({ path }) => path));
  const leftOut = new Set(left.map(({ path }) => path));
  // A started script keeps its own path (docs/decisions/0007): the interpreter itself opens it where a job starts another.
  const scripts = [script, scriptOf(recording)].filter((each) => each !== undefined);
  const started = Promise.all(scripts.map((each) => real.of(each)));
  const isShared = sharedTest(recording);

  async function whereOf(here: string, place: string, operation: string): Promise<Where | undefined> {
    const root = rootOf(place, roots);
    if (root?.kind === 'user' && (await started).includes(place)) return 'other';
    if (packed.has(here) || packed.has(place)) return 'staged';
    if (root?.kind === 'user') return isCode(place, operation) ? 'staged' : 'other';
    if (root) return 'staged';
    return isShared(place) ? 'other' : undefined;
  }

  return async ({ path, operation }) => {
    const here = await real.of(path, false);
    const place = NOT_FOLLOWING.has(operation) ? here : await real.of(path);
    if (stage !== undefined && isWithin(place, stage)) return undefined;
    const where = leftOut.has(place) ? 'left' : await whereOf(here, place, operation);
    return where === undefined ? undefined : { path: place, where };
  };
}
