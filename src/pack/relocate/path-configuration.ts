import { folderOf, pathBytes, pathOfBytes, relativePath, success } from '#base';
import { bytesOfLatin, latinOf } from './latin.ts';
import type { Relocation } from './relocation.ts';

/** A `.pth` file's lines that are folders may be relative to its own. https://docs.python.org/3/library/site.html */
export const relocatePathConfiguration: Relocation = async ({ path, bytes }, around) => {
  if (!/\/(site|dist)-packages\/[^/]+\.pth$/.test(path)) return undefined;
  const lines = latinOf(bytes).split('\n');
  let isChanged = false;
  for (const [at, line] of lines.entries()) {
    if (!line.startsWith('/')) continue;
    const folder = pathOfBytes(bytesOfLatin(line.trimEnd()));
    if (!(await around.moves(folder))) continue;
    const place = await around.places.find(folder);
    if (!place) continue;
    lines[at] = latinOf(pathBytes(relativePath(folderOf(path), place.path)));
    isChanged = true;
  }
  return isChanged ? success({ bytes: bytesOfLatin(lines.join('\n')), made: 'search-path' }) : undefined;
};
