import file from '../../knowledge/wheel-baselines.json' with { type: 'json' };
import { isBefore } from './version-order.ts';

/**
 * The CPU target, as archspec calls it, that a published wheel needs although no file of it says so. Undefined: none is
 * known, as of most, which run on every processor of their platform. `name` is normalised.
 */
export function wheelBaseline(name: string, version: string, platforms: readonly string[]): string | undefined {
  const known = file.wheels.find((wheel) => wheel.name === name && !isBefore(version, wheel.from));
  const isPublished =
    known && platforms.some((tag) => tag.startsWith('manylinux') && tag.endsWith(`_${known.platform}`));
  return isPublished ? known.target : undefined;
}
