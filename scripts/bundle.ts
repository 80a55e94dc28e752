import { join } from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';

const root = join(import.meta.dirname, '..');

/** The modules of the command line, src/cli/NAME.ts. The entry comes last: it calls what is in the other one. */
export const MODULES = ['work', 'pharos'] as const;

/** `import('../work.ts')` stays an import, of the module that is built beside the entry. */
const workApart: Plugin = {
  name: 'work-apart',
  setup: ({ onResolve }) =>
    onResolve({ filter: /\/work\.ts$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: './work.mjs', external: true } : undefined,
    ),
};

/** What Node would be given of `yaml` calls `require`, and whole: this is the same as a module, of which what is not used stays out. */
const yamlAsModule: Plugin = {
  name: 'yaml-as-module',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^yaml$/ }, () => ({
      path: join(root, 'node_modules/yaml/browser/index.js'),
      sideEffects: false,
    })),
};

/** How src/cli/NAME.ts is built into one module. */
export function bundleOptions(name: string) {
  return {
    entryPoints: [join(root, `src/cli/${name}.ts`)],
    absWorkingDir: root,
    plugins: [workApart, yamlAsModule],
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    minifyWhitespace: true,
    minifySyntax: true,
    legalComments: 'none',
    logLevel: 'warning',
  } as const satisfies BuildOptions;
}
