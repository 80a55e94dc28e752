// Builds dist/: the command line in few small modules, so that what a command does not need is not read,
// and the pages that `pharos explain` prints. Files are renamed into place: a run at the same time sees whole ones.
import { copyFileSync, globSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

function place(file: string, write: (aside: string) => void): void {
  const aside = `${file}.${process.pid}`;
  write(aside);
  renameSync(aside, file);
}

/** Files in `folder` that this build did not write. */
function removeOthers(folder: string, kept: ReadonlySet<string>, pattern: RegExp): void {
  for (const name of readdirSync(folder)) {
    if (pattern.test(name) && !kept.has(name)) rmSync(join(folder, name), { force: true });
  }
}

async function bundle(): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [join(root, 'src/cli/pharos.ts')],
    outdir: dist,
    outExtension: { '.js': '.mjs' },
    chunkNames: 'part-[hash]',
    bundle: true,
    splitting: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  // The entry last: until then the parts of the build before it are all there.
  const files = outputFiles.sort(
    (a, b) => Number(a.path.endsWith('pharos.mjs')) - Number(b.path.endsWith('pharos.mjs')),
  );
  for (const file of files) place(file.path, (aside) => writeFileSync(aside, file.contents));
  removeOthers(dist, new Set(files.map(({ path }) => basename(path))), /^part-.*\.mjs$/);
}

function copyPages(): void {
  const folder = join(dist, 'pages');
  mkdirSync(folder, { recursive: true });
  const pages = globSync('src/{audits,remedies}/*/*.md', { cwd: root });
  for (const page of pages) place(join(folder, basename(page)), (aside) => copyFileSync(join(root, page), aside));
  removeOthers(folder, new Set(pages.map((page) => basename(page))), /\.md$/);
}

mkdirSync(dist, { recursive: true });
await bundle();
copyPages();
