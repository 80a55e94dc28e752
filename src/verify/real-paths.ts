import type { Result } from '#base';
import type { Host } from '#host';

/** Where paths lead, link by link; what was asked once is known. Questions may be asked at once. */
export interface RealPaths {
  /** What is not there keeps its name. `followsLast`: whether a link in the last component is followed. */
  of(path: string, followsLast?: boolean): Promise<string>;
}

/** The kernel stops at as many links in one path. */
const MOST_LINKS = 40;

const answerOf = <T>(result: Result<T>): T | undefined => (result.ok ? result.value : undefined);

function below(folder: string, name: string): string {
  if (name === '' || name === '.') return folder;
  if (name === '..') return folder.slice(0, folder.lastIndexOf('/')) || '/';
  return folder === '/' ? `/${name}` : `${folder}/${name}`;
}

export function realPaths(host: Host): RealPaths {
  const known = new Map<string, string>();

  /** The text of the link at a path above which there is none, or undefined. */
  async function linkAt(path: string): Promise<string | undefined> {
    const status = answerOf(await host.status(path));
    return status?.type === 'link' ? answerOf(await host.readLink(path)) : undefined;
  }

  async function follow(path: string, links: number): Promise<string> {
    const found = known.get(path) ?? (await walk(path, true, links));
    known.set(path, found);
    return found;
  }

  async function walk(path: string, followsLast: boolean, links: number): Promise<string> {
    if (path === '/' || path === '') return '/';
    const slash = path.lastIndexOf('/');
    const above = await follow(path.slice(0, slash), links);
    const here = below(above, path.slice(slash + 1));
    const text = followsLast && here !== above && links < MOST_LINKS ? await linkAt(here) : undefined;
    if (text === undefined) return here;
    return follow(text.startsWith('/') ? text : `${above}/${text}`, links + 1);
  }

  return { of: (path, followsLast = true) => (followsLast ? follow(path, 0) : walk(path, false, 0)) };
}
