import { failure, type Result, success } from '#base';
import { type Dynamic, readDynamic, TAG, textAt } from './dynamic.ts';
import { hasRoom, type Layout, offsetOf, readLayout } from './layout.ts';

/** What the dynamic loader reads in a program or library before it runs. */
export interface Elf {
  /** `e_machine` of the ELF header. */
  readonly machine: number;
  readonly bits: 32 | 64;
  readonly soname?: string;
  readonly needed: readonly string[];
  /** DT_RPATH and DT_RUNPATH, entries with `:` between them. */
  readonly rpath?: string;
  readonly runpath?: string;
  /** The greatest version of glibc's symbols that it needs, as `2.28`. */
  readonly glibc?: string;
}

/** Reads what a loader would, without trusting it: sizes and offsets are checked, nothing is followed twice. */
export function readElf(bytes: Uint8Array): Result<Elf> {
  const layout = readLayout(bytes);
  if (!layout.ok) return layout;
  const dynamic = readDynamic(layout.value);
  if (!dynamic.ok) return dynamic;
  const bits = layout.value.isWide ? 64 : 32;
  if (!dynamic.value) return success({ machine: layout.value.machine, bits, needed: [] });
  return tellDynamic(layout.value, dynamic.value, bits);
}

function tellDynamic(layout: Layout, dynamic: Dynamic, bits: 32 | 64): Result<Elf> {
  const textsOf = (wanted: number) =>
    dynamic.entries.filter(({ tag }) => tag === wanted).map(({ value }) => textAt(layout, dynamic, value));
  const [needed, [soname], [rpath], [runpath]] = [TAG.needed, TAG.soname, TAG.rpath, TAG.runpath].map(textsOf) as [
    (string | undefined)[],
    (string | undefined)[],
    (string | undefined)[],
    (string | undefined)[],
  ];
  const known = needed.filter((name) => name !== undefined);
  if (known.length < needed.length)
    return failure({ code: 'elf/damaged', message: 'a name is not in its string table' });
  const glibc = greatestGlibc(layout, dynamic);
  return success({
    ...{ machine: layout.machine, bits, needed: known },
    ...(soname === undefined ? {} : { soname }),
    ...(rpath === undefined ? {} : { rpath }),
    ...(runpath === undefined ? {} : { runpath }),
    ...(glibc === undefined ? {} : { glibc }),
  });
}

const MOST_VERSIONS = 10_000;

/** Elements of a chain of which each says how far on the next is. */
function* chain(layout: Layout, first: number, count: number, nextAt: number): Generator<number> {
  let at = first;
  for (let left = Math.min(count, MOST_VERSIONS); left > 0 && hasRoom(layout, at, 16); left -= 1) {
    yield at;
    const next = layout.view.getUint32(at + nextAt, layout.isLittle);
    if (next === 0) return;
    at += next;
  }
}

/** Names of the versions that symbols of other libraries must have: Elf_Verneed, and the Elf_Vernaux of each. */
function* versionsNeeded(layout: Layout, dynamic: Dynamic): Generator<string> {
  const { view, isLittle } = layout;
  const ofTag = (wanted: number) => dynamic.entries.find(({ tag }) => tag === wanted)?.value;
  const first = offsetOf(layout, ofTag(TAG.versionsNeeded) ?? -1);
  if (first === undefined) return;
  let left = MOST_VERSIONS;
  for (const need of chain(layout, first, ofTag(TAG.versionsNeededCount) ?? 0, 12)) {
    const count = Math.min(left, view.getUint16(need + 2, isLittle));
    left -= count;
    for (const version of chain(layout, need + view.getUint32(need + 8, isLittle), count, 12)) {
      const name = textAt(layout, dynamic, view.getUint32(version + 8, isLittle));
      if (name !== undefined) yield name;
    }
  }
}

const asNumbers = (version: string) => version.split('.').map(Number);

function isLater(version: string, than: string): boolean {
  const [one, other] = [asNumbers(version), asNumbers(than)];
  const at = one.findIndex((part, index) => part !== (other[index] ?? 0));
  return at >= 0 && (one[at] ?? 0) > (other[at] ?? 0);
}

/** The later of two versions, as `2.28`. */
export function laterVersion(version: string | undefined, other: string | undefined): string | undefined {
  if (version === undefined || other === undefined) return version ?? other;
  return isLater(version, other) ? version : other;
}

function greatestGlibc(layout: Layout, dynamic: Dynamic): string | undefined {
  let greatest: string | undefined;
  for (const name of versionsNeeded(layout, dynamic)) {
    const version = /^GLIBC_(\d{1,3}(?:\.\d{1,3}){1,2})$/.exec(name)?.[1];
    if (version !== undefined && (greatest === undefined || isLater(version, greatest))) greatest = version;
  }
  return greatest;
}
