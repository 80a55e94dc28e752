import { join } from 'node:path';
import { example, environment as examplesEnvironment, examplesPython } from '../../test/real/examples.ts';
import { ask } from '../../test/real/run.ts';

/** What is started, and the packages that it needs. */
export interface Job {
  readonly id: string;
  readonly script: string;
  /** What it prints at the end. */
  readonly right: RegExp;
  /** How it is recorded. */
  readonly options: readonly string[];
  /** Puts the packages into a folder, for the interpreter of a virtual environment. */
  install(site: string, python: string): void;
}

/** Packages of the examples with their times, or bytecode would be stale. */
const analysis: Job = {
  id: 'analysis',
  script: example('analysis'),
  // The size of the figure is the font's and the library's.
  right: /^90 days, residual \d\.\d{3}, figure of \d+ KiB$/,
  options: [],
  install(site, python) {
    examplesPython();
    const from = site.replace(join(python, '../..'), examplesEnvironment);
    ask(['sh', '-c', 'cp -a "$1"/. "$2"', 'copy', from, site]);
  },
};

/** PyPI's torch with its libraries for GPUs: about 5 GB. It starts a program while it is imported, so it is traced as it runs. */
const torch: Job = {
  id: 'torch',
  script: join(import.meta.dirname, 'jobs/product.py'),
  right: /^64 rows, sum 65 thousand$/,
  options: ['--trace', 'job'],
  install(site) {
    const python = examplesPython();
    const quiet = ['--quiet', '--no-compile', '--disable-pip-version-check', '--only-binary', ':all:'];
    ask([python, '-m', 'pip', 'install', ...quiet, '--target', site, 'torch', 'numpy'], { seconds: 900 });
  },
};

/** `--torch` asks for the large one. */
export const job = process.argv.includes('--torch') ? torch : analysis;
export const isLarge = job === torch;
