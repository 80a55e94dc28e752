import { type StartArtifacts, type StartModel, startModel } from '#scale';
import { type Access, isWithin, pathText, type Target } from '#schema';
import { folderOf } from './evidence.ts';

/** What an audit needs for a cost at the scale asked for. */
export { START } from '#scale';

/** Somewhere on shared storage: a mount, or a folder that counts as if it were one. */
export interface Place {
  /** The mount point, or the folder. */
  readonly path: string;
  /** Kind of file system, when it was seen. */
  readonly class?: string;
}

export interface SharedStorage {
  /** Where on shared storage the access goes; nothing when it does not. The same place is the same object. */
  placeOf(access: Access): Place | undefined;
  isShared(access: Access): boolean;
  /** The same for a path that is told with its mount's id. */
  placeAt(path: string, mount: number): Place | undefined;
  textOf(access: Pick<Access, 'path'>): string;
  /** The folder that holds it. */
  folderOf(access: Access): string;
  readonly model: StartModel;
  readonly target: Target;
  /** Seconds that the whole start takes at the scale asked for; likely value of the model. */
  readonly startSeconds: number;
}

/** Every audit of a report asks for the same; each model has its own, and is itself kept. */
const known = new WeakMap<StartModel, SharedStorage>();

/** The start as shared storage sees it. */
export function sharedStorage(artifacts: StartArtifacts): SharedStorage {
  const model = startModel(artifacts);
  const shared = known.get(model) ?? readSharedStorage(artifacts, model);
  known.set(model, shared);
  return shared;
}

function readSharedStorage({ accesses, storage, target }: StartArtifacts, model: StartModel): SharedStorage {
  const seen = storage.mounts.filter(({ id }) => target.sharedMounts.includes(id));
  const mounts = new Map<number, Place>(seen.map((mount) => [mount.id, { path: mount.point, class: mount.class }]));
  const prefixes = [...target.sharedPrefixes].sort((a, b) => b.length - a.length).map((path): Place => ({ path }));
  const find = (path: string, mount: number): Place | undefined =>
    mounts.get(mount) ?? prefixes.find((prefix) => isWithin(path, prefix.path));
  // Many accesses go to one path: each text is made once.
  const textAt = once((path) => pathText(accesses.paths, path));
  const folderAt = once((path) => folderOf(textAt(path)));
  const placeAt = once((path) => find(textAt(path), accesses.paths[path]?.mount ?? 0));
  const placeOf = ({ path }: Access) => placeAt(path);
  return {
    placeOf,
    isShared: (access) => placeOf(access) !== undefined,
    placeAt: find,
    textOf: ({ path }) => textAt(path),
    folderOf: ({ path }) => folderAt(path),
    model,
    target,
    startSeconds: model.seconds(target.nodes).likely,
  };
}

/** Remembers what was made for an index. */
function once<T>(make: (index: number) => T): (index: number) => T {
  const made: { readonly of: T }[] = [];
  return (index) => {
    const known = made[index] ?? { of: make(index) };
    made[index] = known;
    return known.of;
  };
}

/** File systems in use whose kind is not known, and that do not count as shared: what is on them cannot be judged. */
export function unknownMounts(
  { accesses, storage, target }: StartArtifacts,
  concerns: (access: Access) => boolean = () => true,
): string[] {
  if (target.applies === 'as-if') return [];
  const used = new Set(accesses.accesses.filter(concerns).map(({ path }) => accesses.paths[path]?.mount));
  return storage.mounts
    .filter(({ id, sharing }) => sharing === 'unknown' && used.has(id) && !target.sharedMounts.includes(id))
    .map(({ point, type }) => `${point} (${type})`);
}

/**
 * A replay of the imports ends before it starts a process or writes a file. One that went to its end shows that what
 * the job did, it did because something was not there yet: the next start does not do it again.
 */
export function onlyTheFirstTime({ accesses }: StartArtifacts): boolean {
  return accesses.source === 'replay' && accesses.coverage === 'complete';
}
