import type { SiteCoupled } from '#knowledge';
import type { PackageDecision } from '#schema';
import type { Wanted } from './wanted.ts';

/** A decision with what it always has. */
export function decision(
  { name, version, isAsked }: Wanted,
  from: PackageDecision['from'],
  because: string,
  more: Partial<PackageDecision> = {},
): PackageDecision {
  return {
    name,
    isAsked,
    from,
    because,
    settings: [],
    links: [],
    install: [],
    ...(version !== undefined && { version }),
    ...more,
  };
}

/** How to see that a package is the right one, and where that was read. */
export const proof = ({ check, source }: SiteCoupled): Pick<PackageDecision, 'check' | 'source'> => ({ check, source });
