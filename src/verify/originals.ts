import { isWithin } from '#schema';
import type { RealPaths } from './real-paths.ts';

/** Names of things in a run, as those of the original: one place has one name, in the stage or out of it. */
export interface Originals {
  of(path: string): Promise<string>;
  /** Whether it is one of the stage's own parts, which have no original. */
  isOwn(path: string): Promise<boolean>;
}

/** `stage`: its folder without links, absent for a run without one. `own`: what the image adds of Pharos itself. */
export function originals(real: RealPaths, stage?: string, own: ReadonlySet<string> = new Set()): Originals {
  return {
    async of(path) {
      if (!path.startsWith('/')) return path;
      const place = await real.of(path);
      if (stage === undefined || !isWithin(place, stage)) return place;
      return real.of(place.slice(stage.length) || '/');
    },
    async isOwn(path) {
      if (stage === undefined || !path.startsWith('/')) return false;
      const place = await real.of(path);
      return isWithin(place, `${stage}/.pharos`) || (isWithin(place, stage) && own.has(place.slice(stage.length)));
    },
  };
}
