import { readFileSync, realpathSync } from 'node:fs';

// What a traced job asked of the original, found without Pharos: by each call's own path, and by where a link of the stage leads.

export const TRACE = ['strace', '-f', '-qq', '-s', '4096', '-e', 'trace=%file', '-e', 'signal=none'];

/** Calls that ask about a link itself, not about what it leads to. */
const OF_LINK = /^(readlink|lstat|unlink|rename)|AT_SYMLINK_NOFOLLOW|O_NOFOLLOW/;

/** Where a new link is to lead is text: `symlink` asks nothing there. */
const CALL = /^(?:(\d+) +)?(?!symlink)(\w+)\((?:AT_FDCWD, |\d+, )?"([^"]*)"/;

const isBelow = (path: string, folders: readonly string[]) =>
  folders.some((folder) => path === folder || path.startsWith(`${folder}/`));

function leadsTo(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

export interface Expected {
  /** The job's LD_LIBRARY_PATH. */
  readonly loaded?: string;
  /** Libraries that the image leaves where they are. */
  readonly left?: readonly string[];
}

/**
 * Lines of a log of strace whose path lies in one of the folders, or leads there from the stage. Not those by which the
 * loader sends the shell of `launch` itself through the job's LD_LIBRARY_PATH: that is before its first line.
 */
export function listReached(
  log: string,
  folders: readonly string[],
  stage: string,
  { loaded = '', left = [] }: Expected = {},
): string[] {
  const reached: string[] = [];
  const programs = new Map<string, string>();
  const skips = (program: string, path: string) =>
    // One rank of a job compares sizes and times of its user's own code, as it should.
    program.endsWith('/stat') || (program.endsWith('/launch') && isBelow(path, loaded.split(':')));
  for (const line of readFileSync(log, 'latin1').split('\n')) {
    const match = CALL.exec(line);
    if (!match) continue;
    const [, process = '', call = '', path = ''] = match;
    if (call === 'execve' && line.endsWith('= 0')) programs.set(process, path);
    if (skips(programs.get(process) ?? '', path)) continue;
    const isLink = OF_LINK.test(`${call} ${line}`);
    const place = path.startsWith(`${stage}/`) && !isLink ? leadsTo(path) : path;
    if (isBelow(place, folders) && !left.includes(place)) reached.push(line.slice(0, 300));
  }
  return reached;
}
