import { formatCount, formatCountOf, sum } from '#base';
import type { StartArtifacts } from '#scale';
import { type Access, type Artifacts, type Finding, LIBRARY_PATH_SUBJECTS, type Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { folderOf, pathEvidence } from '../evidence.ts';
import { type SharedStorage, START, sharedStorage } from '../shared-storage.ts';
import { verdictOf } from '../verdict-of.ts';
import { confidenceOf, NOTEWORTHY_OPERATIONS, NOTEWORTHY_SHARE, severityOf } from '../weight.ts';
import { costText } from '../wording.ts';

/**
 * Subfolders of a search folder that the loader tries by itself: glibc-hwcaps since 2.33, and the older ones up to 2.36.
 * https://man7.org/linux/man-pages/man8/ld.so.8.html#HARDWARE_CAPABILITIES
 */
const CAPABILITIES =
  /(\/glibc-hwcaps(\/[^/]+)?|(\/(tls|haswell|xeon_phi|avx512_1|x86_64|i686|aarch64|power[89]|power10|z1\d))+)$/;

/** Where the loader looks last of all by itself; nobody's setting. */
const SYSTEM = /^(\/usr)?\/lib(32|64|x32)?(\/[a-z0-9_]+-linux-[a-z0-9]+)?$/;

/** Who can mend it, by who set the folders that were searched. */
const FIXERS = { environment: 'user', binary: 'package' } as const;
type Origin = keyof typeof FIXERS;

interface Folder {
  readonly path: string;
  readonly origin: Origin;
  misses: number;
  hits: number;
}

export const deepLibraryPath = defineAudit({
  id: 'deep-library-path',
  category: 'start-up',
  question: 'Does the dynamic loader search for libraries in vain?',
  needs: [...START, 'python'],

  answer(artifacts): Verdict {
    const { accesses } = artifacts;
    if (accesses.coverage !== 'complete') {
      return { kind: 'unknown', because: accesses.because ?? 'the calls of the dynamic loader were not observed' };
    }
    const shared = sharedStorage(artifacts);
    const folders = foldersOf(artifacts, shared);
    const origins = Object.keys(FIXERS) as Origin[];
    const findings = origins.map((origin) =>
      findingFor(
        origin,
        folders.filter((folder) => folder.origin === origin),
        shared,
        artifacts,
      ),
    );
    return verdictOf(findings.filter((finding) => finding !== undefined));
  },
});

const LIBRARY = /\.so(\.[\w.]+)?$/;

/** The folder that was to be searched, whichever library in whichever subfolder of it was tried. */
function searchFolder(path: string): string {
  // When a library is not there, the loader looks whether the folder is.
  const folder = LIBRARY.test(path) ? folderOf(path) : path;
  return folder.replace(CAPABILITIES, '') || '/';
}

/** The loader's own settings are no search. */
const isSearch = ({ cause, phase, error }: Access, path: string) =>
  cause === 'library-search' && phase === 'start' && error !== '' && !path.startsWith('/etc/ld.so.');

/** Opening a library where it is ends the search: the folder gave something. */
const isHit = ({ operation, error, phase }: Access, path: string) =>
  phase === 'start' && operation === 'open' && error === '' && LIBRARY.test(path);

function foldersOf({ accesses, python }: Pick<Artifacts, 'accesses' | 'python'>, shared: SharedStorage): Folder[] {
  const given = new Set(python.searchPaths.LD_LIBRARY_PATH ?? []);
  const folders = new Map<string, Folder>();
  const at = (path: string): Folder => {
    const folder = folders.get(path) ?? {
      path,
      origin: given.has(path) ? 'environment' : 'binary',
      misses: 0,
      hits: 0,
    };
    folders.set(path, folder);
    return folder;
  };
  for (const access of accesses.accesses) {
    const path = shared.textOf(access);
    if (isSearch(access, path)) at(searchFolder(path)).misses += access.count;
    else if (isHit(access, path)) at(searchFolder(path)).hits += access.count;
  }
  return [...folders.values()].filter(({ path, misses }) => misses > 0 && (given.has(path) || !SYSTEM.test(path)));
}

function findingFor(
  origin: Origin,
  folders: readonly Folder[],
  shared: SharedStorage,
  { accesses, target }: StartArtifacts,
): Finding | undefined {
  const paths = new Set(folders.map(({ path }) => path));
  const isVain = (access: Access) =>
    isSearch(access, shared.textOf(access)) && paths.has(searchFolder(shared.textOf(access)));
  const cost = shared.model.saving(isVain);
  const vain = sum(folders, ({ misses }) => misses);
  const all = sum(accesses.accesses, ({ phase, count }) => (phase === 'start' ? count : 0));
  const standsOut = vain >= NOTEWORTHY_OPERATIONS && vain >= NOTEWORTHY_SHARE * all;
  const severity = severityOf(cost, shared) ?? (standsOut ? 'note' : undefined);
  const [worst] = [...folders].sort((a, b) => b.misses - a.misses);
  if (!severity || !worst) return undefined;

  const subject = LIBRARY_PATH_SUBJECTS[origin];
  return {
    message:
      `${subject}: each rank looks ${formatCount(vain)} times for libraries that are not there, ` +
      `in ${formatCountOf(folders.length, 'folder')}, most in ${worst.path}; ${costText(cost, target)}`,
    severity,
    confidence: confidenceOf(cost, target),
    harm: 'cost',
    cost,
    fixer: FIXERS[origin],
    check: '`LD_DEBUG=libs python -c "import …"` no longer tries the folder, and the same libraries are loaded',
    subject,
    evidence: [
      pathEvidence(
        'folders searched in vain, lookups per rank',
        folders.map(({ path, misses, hits }) => ({ path, count: misses, note: `${formatCount(hits)} found` })),
      ),
    ],
  };
}
