import file from '../../knowledge/compile-caches.json' with { type: 'json' };

/** A cache that a package keeps of what it compiled or computed, by its own documentation. */
export interface CompileCache {
  readonly name: string;
  readonly packages: readonly string[];
  /** The environment variable that points it elsewhere. */
  readonly variable: string;
  /** Where it is without the variable; `~` and `$USER` stand for the user's. */
  readonly folder?: string;
  /** A file that the variable would hide, for it points at more than the cache. */
  readonly unless?: string;
  /** Its folder or files, wherever the variable points. */
  readonly path: RegExp;
  /** A module that touches nothing else outside the environment: its removed data paths are the cache. */
  readonly owner?: string;
}

export const compileCaches: readonly CompileCache[] = file.caches.map(({ path, ...cache }) => ({
  ...cache,
  path: new RegExp(path),
}));
