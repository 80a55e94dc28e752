import { type StartArtifacts, type StartModel, startModel } from '#scale';
import { type Access, isWithin, pathText, type Target } from '#schema';

/** What an audit needs for a cost at the scale asked for. */
export const START = ['accesses', 'storage', 'target', 'run', 'imports'] as const;

/** Somewhere on shared storage: a mount, or a folder that counts as if it were one. */
export interface Place {
  /** The mount point, or the folder. */
  readonly path: string;
  /** Kind of file system, when it was seen. */
  readonly class?: string;
}

export interface SharedStorage {
  /** Where on shared storage the access goes; nothing when it does not. */
  placeOf(access: Access): Place | undefined;
  isShared(access: Access): boolean;
  /** The same for a path that is told with its mount's id. */
  placeAt(path: string, mount: number): Place | undefined;
  textOf(access: Access): string;
  readonly model: StartModel;
  readonly target: Target;
  /** Seconds that the whole start takes at the scale asked for; likely value of the model. */
  readonly startSeconds: number;
}

/** Every audit of a report asks for the same; folding a large recording once is enough. */
const known = new WeakMap<
  StartArtifacts['accesses'],
  { readonly of: StartArtifacts; readonly storage: SharedStorage }
>();

/** The start as shared storage sees it. */
export function sharedStorage(artifacts: StartArtifacts): SharedStorage {
  const old = known.get(artifacts.accesses);
  if (old && START.every((need) => old.of[need] === artifacts[need])) return old.storage;
  const storage = readSharedStorage(artifacts);
  known.set(artifacts.accesses, { of: artifacts, storage });
  return storage;
}

function readSharedStorage(artifacts: StartArtifacts): SharedStorage {
  const { accesses, storage, target } = artifacts;
  const model = startModel(artifacts);
  const texts = new Map<number, string>();
  const places = new Map<number, Place | undefined>();
  const prefixes = [...target.sharedPrefixes].sort((a, b) => b.length - a.length);

  const textAt = (path: number): string => {
    const known = texts.get(path) ?? pathText(accesses.paths, path);
    texts.set(path, known);
    return known;
  };
  const find = (path: string, mount: number): Place | undefined => {
    const seen = target.sharedMounts.includes(mount) ? storage.mounts.find(({ id }) => id === mount) : undefined;
    if (seen) return { path: seen.point, class: seen.class };
    const prefix = prefixes.find((folder) => isWithin(path, folder));
    return prefix === undefined ? undefined : { path: prefix };
  };
  const placeOf = ({ path }: Access): Place | undefined => {
    if (!places.has(path)) places.set(path, find(textAt(path), accesses.paths[path]?.mount ?? 0));
    return places.get(path);
  };
  return {
    placeOf,
    isShared: (access) => placeOf(access) !== undefined,
    placeAt: find,
    textOf: ({ path }) => textAt(path),
    model,
    target,
    startSeconds: model.seconds(target.nodes).likely,
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
