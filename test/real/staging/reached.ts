import { readFileSync, realpathSync } from 'node:fs';

// What a traced job asked of the original, found without Pharos: by each call's own path, and by where a link of the stage leads.

export const TRACE = ['strace', '-f', '-qq', '-s', '4096', '-e', 'trace=%file', '-e', 'signal=none'];

/** Calls that ask about a link itself, not about what it leads to. */
const OF_LINK = /^(readlink|lstat|unlink|rename)|AT_SYMLINK_NOFOLLOW|O_NOFOLLOW/;

const isBelow = (path: string, folders: readonly string[]) =>
  folders.some((folder) => path === folder || path.startsWith(`${folder}/`));

function leadsTo(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Lines of a log of strace whose path lies in one of the folders, or leads there from the stage. */
export function listReached(log: string, folders: readonly string[], stage: string): string[] {
  const reached: string[] = [];
  const programs = new Map<string, string>();
  for (const line of readFileSync(log, 'latin1').split('\n')) {
    const match = /^(?:(\d+) +)?(\w+)\((?:AT_FDCWD, |\d+, )?"([^"]*)"/.exec(line);
    // Where a new link is to lead is text: nothing is asked there.
    if (!match || match[2]?.startsWith('symlink')) continue;
    const [, process = '', call = '', path = ''] = match;
    if (call === 'execve' && line.endsWith('= 0')) programs.set(process, path);
    // One rank of a job compares sizes and times of its user's own code, as it should.
    if (programs.get(process)?.endsWith('/stat')) continue;
    const isLink = OF_LINK.test(`${call} ${line}`);
    const place = path.startsWith(`${stage}/`) && !isLink ? leadsTo(path) : path;
    if (isBelow(place, folders)) reached.push(line.slice(0, 300));
  }
  return reached;
}
