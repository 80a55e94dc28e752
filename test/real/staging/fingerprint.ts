import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** All of a tree that a write would change: names, types, modes, times, inodes, links and contents. One line a path. */
export function fingerprint(folder: string): string[] {
  const lines: string[] = [];
  const visit = (path: string) => {
    const status = lstatSync(path, { bigint: true });
    const [type, content] = contentOf(path);
    const { ino, mode, uid, mtimeNs, ctimeNs, nlink } = status;
    lines.push([path, type, ino, mode, uid, nlink, mtimeNs, ctimeNs, content].join(' '));
    if (type === 'folder') for (const name of readdirSync(path).sort()) visit(join(path, name));
  };
  visit(folder);
  return lines;
}

function contentOf(path: string): [string, string] {
  const status = lstatSync(path);
  if (status.isSymbolicLink()) return ['link', readlinkSync(path)];
  if (status.isDirectory()) return ['folder', ''];
  if (!status.isFile()) return ['other', ''];
  return ['file', createHash('sha256').update(readFileSync(path)).digest('hex')];
}
