// Builds dist/: the command line in two modules, so that what a command does not need is not read, and the pages that
// `pharos explain` prints. Files are renamed into place: a run at the same time sees whole ones.
import {
  copyFileSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { bundleOptions, MODULES } from './bundle.ts';

const root = join(import.meta.dirname, '..');
const dist = join(root, 'dist');

function place(file: string, write: (aside: string) => void): void {
  const aside = `${file}.${process.pid}`;
  write(aside);
  renameSync(aside, file);
}

/** Builds src/cli/NAME.ts into dist/NAME.mjs. */
async function bundle(name: string): Promise<void> {
  const { outputFiles } = await build(bundleOptions(name));
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

/** The parts of `launch`, each after those that it calls. */
const LAUNCH = [
  'messages',
  'lists',
  'process',
  'machine',
  'memory',
  'destination',
  'spread',
  'users',
  'lock',
  'similar',
  'unpack',
  'nodes',
  'environment',
  'main',
];

/** Without comments: each rank of a job reads it, and one block of the image must hold it. No text in it has lines that begin with `#`. */
function joinLaunch(): void {
  const parts = LAUNCH.map((name) => readFileSync(join(root, 'launch', `${name}.sh`), 'utf8'));
  const program = parts.join('\n').replaceAll(/^ *#.*\n/gm, '');
  const broadcast = readFileSync(join(root, 'launch', 'broadcast.py'), 'utf8').replaceAll("'", `'\\''`);
  place(join(dist, 'launch.sh'), (aside) => writeFileSync(aside, `pharos_broadcast_text='${broadcast}'\n${program}`));
}

/** What `pharos pack` puts into images, and runs itself. */
function copyStaged(): void {
  const folder = join(dist, 'staged');
  mkdirSync(folder, { recursive: true });
  const names = readdirSync(join(root, 'python', 'staged')).filter((name) => name.endsWith('.py'));
  for (const name of names) {
    place(join(folder, name), (aside) => copyFileSync(join(root, 'python', 'staged', name), aside));
  }
}

mkdirSync(dist, { recursive: true });
for (const name of MODULES) await bundle(name);
copyPages();
joinLaunch();
copyStaged();
place(join(dist, 'imports.py'), (aside) => copyFileSync(join(root, 'python', 'trial', 'imports.py'), aside));
