import { profileForMount } from '#knowledge';
import {
  type Artifacts,
  type FilesystemProfile,
  findPath,
  isWithin,
  type MountClass,
  type Recording,
  type Target,
} from '#schema';

/** What the user asked for; all of it optional. */
export interface Scale {
  readonly nodes?: number;
  readonly ranksPerNode?: number;
  /** The id of a profile that we ship, or one that the user gives. */
  readonly profile?: string | FilesystemProfile;
}

/** With no allocation and nothing asked for. A size where shared storage begins to be felt (docs/concepts/scale.md). */
const DEFAULT_NODES = 64;

/** Installed on every node's own image; taken for local when nothing of the job is on shared storage. */
const SYSTEM_FOLDERS = ['/usr', '/lib', '/lib32', '/lib64', '/bin', '/sbin', '/etc', '/proc', '/sys', '/dev', '/run'];

/** Where somebody has put files in the node's memory or in an image, that is meant to be local. */
const STAGED: readonly MountClass[] = ['tmpfs', 'squashfs'];

type Mount = Artifacts['storage']['mounts'][number];

function countTouches({ accesses, storage }: Partial<Artifacts>): ReadonlyMap<number, number> {
  const touches = new Map<number, number>();
  // Without operations every mount that is named counts: each lies under some path that was used.
  if (!accesses) for (const { id } of storage?.mounts ?? []) touches.set(id, 1);
  for (const access of accesses?.accesses ?? []) {
    if (access.phase !== 'start') continue;
    const mount = accesses?.paths[access.path]?.mount ?? 0;
    touches.set(mount, (touches.get(mount) ?? 0) + access.count);
  }
  return touches;
}

/** The mount a folder is on: as the operations on it say, else by the mount points. */
function mountOf(folder: string, { accesses, storage }: Partial<Artifacts>): Mount | undefined {
  const mounts = storage?.mounts ?? [];
  const at = accesses ? findPath(accesses.paths, folder) : undefined;
  const seen = at === undefined ? undefined : accesses?.paths[at]?.mount;
  if (seen) return mounts.find(({ id }) => id === seen);
  const above = mounts.filter(({ point }) => isWithin(folder, point));
  return above.sort((a, b) => b.point.length - a.point.length)[0];
}

/** The environment and the user's code: interpreter prefixes, search path and library path, without what is the system's or staged. */
function environmentFolders(artifacts: Partial<Artifacts>): string[] {
  const { python } = artifacts;
  if (!python) return [];
  const libraryPath = python.searchPaths.LD_LIBRARY_PATH ?? [];
  const candidates = [python.prefix, python.basePrefix, ...python.pathEntries.map(({ path }) => path), ...libraryPath];
  const isOurs = (path: string): boolean => {
    if (path === '' || path === '/' || SYSTEM_FOLDERS.some((folder) => isWithin(path, folder))) return false;
    const mount = mountOf(path, artifacts);
    return mount === undefined || !STAGED.includes(mount.class);
  };
  const folders = [...new Set(candidates.filter(isOurs))].sort();
  return folders.filter((folder) => !folders.some((other) => other !== folder && isWithin(folder, other)));
}

/** Network file systems that have no profile of their own ask their server much as NFS does. */
const NEAREST = 'nfs';

/** Nothing of the job is on shared storage: the most widespread kind is taken. */
const AS_IF = 'lustre';

type Profile = Pick<Target, 'profile' | 'givenProfile' | 'calibrated'>;

/** A profile that the user gives is of their own file system. */
function profileOf(asked: Scale['profile'], busiest: Mount | undefined): Profile {
  if (typeof asked === 'object') return { profile: asked.id, givenProfile: asked, calibrated: true };
  const found = busiest ? (profileForMount(busiest)?.id ?? NEAREST) : AS_IF;
  return { profile: asked ?? found, calibrated: false };
}

function scaleOf(recording: Recording, { run }: Partial<Artifacts>, asked: Scale) {
  const isAllocation = run !== undefined && run.launcher !== 'none' && run.nodes > 0 && run.ranks > 0;
  const [node] = recording.facts.node;
  const cores = node?.cpusAllowed ?? node?.cpusOnline ?? 1;
  const found = isAllocation
    ? { nodes: run.nodes, ranksPerNode: Math.ceil(run.ranks / run.nodes) }
    : { nodes: DEFAULT_NODES, ranksPerNode: Math.max(1, cores) };
  const isAsked = asked.nodes !== undefined || asked.ranksPerNode !== undefined;
  const basis: Target['basis'] = isAsked ? 'asked' : isAllocation ? 'allocation' : 'default';
  return { nodes: asked.nodes ?? found.nodes, ranksPerNode: asked.ranksPerNode ?? found.ranksPerNode, basis };
}

/** The scale asked for, and what counts as shared storage there. */
export function makeTarget(recording: Recording, artifacts: Partial<Artifacts>, asked: Scale): Target {
  const touches = countTouches(artifacts);
  const shared = (artifacts.storage?.mounts ?? [])
    .filter(({ id, sharing }) => sharing === 'shared' && touches.has(id))
    .sort((a, b) => (touches.get(b.id) ?? 0) - (touches.get(a.id) ?? 0));
  const common = { ...scaleOf(recording, artifacts, asked), ...profileOf(asked.profile, shared[0]) };
  return shared.length > 0
    ? { ...common, applies: 'observed', sharedMounts: shared.map(({ id }) => id), sharedPrefixes: [] }
    : { ...common, applies: 'as-if', sharedMounts: [], sharedPrefixes: environmentFolders(artifacts) };
}
