import type { Lock } from '#formats/project';
import { formatVersion, holds, normalizeName, type Requirement, readRequirement } from '#formats/requirement';

/** A package that an environment is to have. */
export interface Wanted {
  /** Normalised. */
  readonly name: string;
  readonly extras: readonly string[];
  /** The release that was resolved, or that is asked for. */
  readonly version?: string;
  /** Whether it was asked for, or another package needs it. */
  readonly isAsked: boolean;
  /** Whether there is a wheel of that release for the Python and machine; absent where nobody looked. */
  readonly hasWheel?: boolean;
}

/** The one release that a requirement allows, where it names one. */
function pinned({ specifiers }: Requirement): string | undefined {
  for (const one of specifiers) {
    if (one.operator === '==' && !one.isPrefix) return formatVersion(one.version);
  }
  return undefined;
}

const LINUX = { sys_platform: 'linux', platform_system: 'Linux', os_name: 'posix' };

function readAsked(texts: readonly string[]): { asked: ReadonlyMap<string, Wanted>; notRead: readonly string[] } {
  const asked = new Map<string, Wanted>();
  const notRead: string[] = [];
  for (const text of texts) {
    const read = readRequirement(text);
    if (!read.ok) {
      notRead.push(text);
      continue;
    }
    const { marker, extras } = read.value;
    if (marker && holds(marker, LINUX) === false) continue;
    const name = normalizeName(read.value.name);
    const version = pinned(read.value);
    const before = asked.get(name);
    asked.set(name, {
      name,
      extras: [...new Set([...(before?.extras ?? []), ...extras.map(normalizeName)])],
      isAsked: true,
      ...(version !== undefined && { version }),
    });
  }
  return { asked, notRead };
}

/** What an environment is to have: what was asked for first, then what that needs, as far as it was resolved. */
export function listWanted(
  texts: readonly string[],
  lock: Lock | undefined,
): { readonly wanted: readonly Wanted[]; readonly notRead: readonly string[] } {
  const { asked, notRead } = readAsked(texts);
  if (!lock) return { wanted: [...asked.values()], notRead };
  const resolved = lock.packages.map(({ name: written, version, source, wheels }): Wanted => {
    const name = normalizeName(written);
    const { extras = [], isAsked = false } = asked.get(name) ?? {};
    return {
      name,
      extras,
      isAsked,
      ...(version !== undefined && { version }),
      ...(source.kind === 'index' && { hasWheel: wheels.length > 0 }),
    };
  });
  const names = new Set(resolved.map(({ name }) => name));
  // Those that do not come from PyPI were not resolved.
  const others = [...asked.values()].filter(({ name }) => !names.has(name));
  return {
    wanted: [...resolved, ...others].sort((one, other) => Number(other.isAsked) - Number(one.isAsked)),
    notRead,
  };
}
