// Builds dist/: the command line in two modules, so that what a command does not need is not read, and the pages that
// `pharos explain` prints. Files are renamed into place: a run at the same time sees whole ones.
import { copyFileSync, globSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { build, type Plugin } from 'esbuild';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

function place(file: string, write: (aside: string) => void): void {
  const aside = `${file}.${process.pid}`;
  write(aside);
  renameSync(aside, file);
}

/** `import('../work.ts')` stays an import, of the module that is built beside the entry. */
const workApart: Plugin = {
  name: 'work-apart',
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/work\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './work.mjs', external: true } : undefined,
    ),
};

/** Builds src/cli/NAME.ts into dist/NAME.mjs. */
async function bundle(name: string): Promise<void> {
  const { outputFiles } = await build({
    entryPoints: [join(root, `src/cli/${name}.ts`)],
    plugins: [workApart],
    bundle: true,
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
  for (const { contents } of outputFiles) {
    place(join(dist, `${name}.mjs`), (aside) => writeFileSync(aside, contents));
  }
}

function copyPages(): void {
  const folder = join(dist, 'pages');
  mkdirSync(folder, { recursive: true });
  const pages = globSync('src/{audits,remedies}/*/*.md', { cwd: root });
  for (const page of pages) place(join(folder, basename(page)), (aside) => copyFileSync(join(root, page), aside));
  const names = new Set(pages.map((page) => basename(page)));
  for (const name of readdirSync(folder)) if (!names.has(name)) rmSync(join(folder, name), { force: true });
}

mkdirSync(dist, { recursive: true });
// The entry last: it calls what is in the other one.
await bundle('work');
await bundle('pharos');
copyPages();
