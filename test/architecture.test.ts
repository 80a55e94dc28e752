import { globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, test } from 'vitest';

// The law of layers: src/README.md is the table, this test is its judge.
const root = join(import.meta.dirname, '..');
const table = readFileSync(join(root, 'src/README.md'), 'utf8');
const layers = [...table.matchAll(/^\| `([\w-]+)` +\|[^|]+\|([^|]*)\|([^|]*)\|$/gm)].map(
  ([, folder = '', allowed = '', touches = '']) => ({ folder, allowed: allowed.trim().split(/\s+/), touches }),
);

const folderOf = (file: string, target: string) => dirname(join(dirname(file), target));

/** Down into one's own folder, or up to the shared file above; never across to a sibling. */
function allowedFolders(folder: string, file: string, target: string): string[] {
  const here = dirname(file);
  const there = folderOf(file, target);
  // The JSON in knowledge/ has one door.
  if (folder === 'knowledge' && target.endsWith('.json')) return [there];
  // A folder of cli reaches its siblings through their doors.
  if (folder === 'cli' && target.endsWith('/index.ts') && dirname(there) === 'src/cli') return [there];
  return there.startsWith(`${here}/`) ? [there] : [here, `src/${folder}`];
}

describe.for(layers)('src/$folder', ({ folder, allowed, touches }) => {
  const files = globSync(`src/${folder}/**/*.{ts,tsx}`, { cwd: root }).filter((file) => !file.endsWith('.test.ts'));

  test.for(files)('%s', (file, { expect }) => {
    const imports = readFileSync(join(root, file), 'utf8').matchAll(/\b(?:from|import)\s*\(?['"]([^'"]+)['"]/g);
    for (const [, target = ''] of imports) {
      if (target.startsWith('#')) expect(allowed, target).toContain(target.slice(1).split('/')[0]);
      if (target.startsWith('node:')) expect(touches.trim(), target).toBe('node');
      if (target.startsWith('.'))
        expect(allowedFolders(folder, file, target), target).toContain(folderOf(file, target));
    }
  });

  test('is not empty', ({ expect }) => expect(files).not.toEqual([]));

  test('is allowed nothing that it does not use', ({ expect }) => {
    const text = files.map((file) => readFileSync(join(root, file), 'utf8')).join('\n');
    for (const other of allowed.filter(Boolean)) expect(text).toMatch(new RegExp(`(from|import) ?\\(?'#${other}['/]`));
  });
});

test('every folder has its row', ({ expect }) => {
  const folders = globSync('src/*/', { cwd: root }).map((path) => path.split('/')[1]);
  expect(layers.map(({ folder }) => folder).sort()).toEqual(folders.sort());
});
