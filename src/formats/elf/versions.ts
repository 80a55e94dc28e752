import { type Dynamic, TAG, textAt, valueUnder } from './dynamic.ts';
import { type Layout, offsetOf } from './layout.ts';
import { type Reading, take } from './reading.ts';

/** Versions of symbols that one other library must have. */
export interface VersionsNeeded {
  readonly file: string;
  readonly versions: readonly string[];
}

/** Of a large C++ library some hundreds. */
const MOST_VERSIONS = 10_000;

interface Chain {
  readonly first: number;
  readonly count: number;
  /** Bytes of one element, and where in it stands how far on the next one is. */
  readonly bytes: number;
  readonly nextAt: number;
}

/** Gives each element of a chain to `use`, of which each says how far on the next is. */
function* follow(
  { isLittle }: Layout,
  { first, count, bytes, nextAt }: Chain,
  use: (element: DataView, at: number) => Reading<void>,
): Reading<void> {
  let at = first;
  for (let left = Math.min(count, MOST_VERSIONS); left > 0; left -= 1) {
    const element = yield* take(at, bytes);
    if (!element) return;
    yield* use(element, at);
    const next = element.getUint32(nextAt, isLittle);
    if (next === 0) return;
    at += next;
  }
}

/** DT_VERNEED: `Elf_Verneed`, and the `Elf_Vernaux` of each; https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/symversion.html */
export function* readVersionsNeeded(layout: Layout, dynamic: Dynamic): Reading<readonly VersionsNeeded[]> {
  const { isLittle } = layout;
  const first = offsetOf(layout, valueUnder(dynamic, TAG.versionsNeeded) ?? -1);
  if (first === undefined) return [];
  const needs: VersionsNeeded[] = [];
  let left = MOST_VERSIONS;
  const count = valueUnder(dynamic, TAG.versionsNeededCount) ?? 0;
  yield* follow(layout, { first, count, bytes: 16, nextAt: 12 }, function* (need, at) {
    const file = yield* textAt(dynamic, need.getUint32(4, isLittle));
    const versions: string[] = [];
    const auxiliaries = Math.min(left, need.getUint16(2, isLittle));
    left -= auxiliaries;
    const chain = { first: at + need.getUint32(8, isLittle), count: auxiliaries, bytes: 16, nextAt: 12 };
    yield* follow(layout, chain, function* (version) {
      const name = yield* textAt(dynamic, version.getUint32(8, isLittle));
      if (name !== undefined) versions.push(name);
    });
    if (file !== undefined) needs.push({ file, versions });
  });
  return needs;
}

/** VER_FLG_BASE: not a version, but the file's own name. */
const IS_BASE = 1;

/** DT_VERDEF: the name of each `Elf_Verdef`, which its first `Elf_Verdaux` has. */
export function* readVersionsDefined(layout: Layout, dynamic: Dynamic): Reading<readonly string[]> {
  const { isLittle } = layout;
  const first = offsetOf(layout, valueUnder(dynamic, TAG.versionsDefined) ?? -1);
  if (first === undefined) return [];
  const names: string[] = [];
  const count = valueUnder(dynamic, TAG.versionsDefinedCount) ?? 0;
  yield* follow(layout, { first, count, bytes: 20, nextAt: 16 }, function* (definition, at) {
    if (definition.getUint16(2, isLittle) & IS_BASE) return;
    const auxiliary = yield* take(at + definition.getUint32(12, isLittle), 8);
    const name = auxiliary && (yield* textAt(dynamic, auxiliary.getUint32(0, isLittle)));
    if (name !== undefined) names.push(name);
  });
  return names;
}
