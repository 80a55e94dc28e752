import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Makes folders below `place` that are slow to make: each once, and anew where one of the files that say how has changed.
 * `recipe` is a glob of these, in `sources`.
 */
export function madeOnce(sources: string, recipe: string, place: string) {
  const hash = createHash('sha256');
  for (const file of globSync(recipe, { cwd: sources }).sort()) {
    hash.update(file).update(readFileSync(join(sources, file)));
  }
  const key = hash.digest('hex');
  return (name: string, make: (folder: string) => void): string => {
    const folder = join(place, name);
    const marker = `${folder}.made`;
    if (existsSync(marker) && readFileSync(marker, 'utf8') === key) return folder;
    for (const old of [folder, marker]) rmSync(old, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    make(folder);
    writeFileSync(marker, key);
    return folder;
  };
}
