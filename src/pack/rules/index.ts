import { condaPackages } from './conda-packages.ts';
import { consoleScripts } from './console-scripts.ts';
import { distributionMetadata } from './distribution-metadata.ts';
import { interpreter } from './interpreter.ts';
import { libraryDependencies } from './library-dependencies.ts';
import { packageData } from './package-data.ts';
import { pathConfigurations } from './path-configurations.ts';
import { plugins } from './plugins.ts';
import type { Rule } from './rule.ts';
import { sources } from './sources.ts';
import { startMethods } from './start-methods.ts';
import { stubs } from './stubs.ts';
import { trace } from './trace.ts';

export type { Rule } from './rule.ts';

/** In the order in which they are applied: each sees what those before it packed. */
export const rules: readonly Rule[] = [
  trace,
  sources,
  interpreter,
  pathConfigurations,
  startMethods,
  consoleScripts,
  distributionMetadata,
  stubs,
  packageData,
  plugins,
  condaPackages,
  libraryDependencies,
];
