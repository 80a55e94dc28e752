import type { Elf } from '#formats/elf';
import type { CachedLibrary } from '#formats/loader-cache';
import type { LoaderMachine } from './machine.ts';

/** FLAG_ELF_LIBC6 and the machine, as entries must have: glibc's sysdeps/generic/ldconfig.h. */
const FLAGS: readonly (readonly [machine: number, bits: 32 | 64, order: Elf['order'], flags: number])[] = [
  [62, 64, 'little', 0x0303],
  [62, 32, 'little', 0x0803],
  [3, 32, 'little', 0x0003],
  [183, 64, 'little', 0x0a03],
  [21, 64, 'little', 0x0503],
  [21, 64, 'big', 0x0503],
  [22, 64, 'big', 0x0403],
];

const HWCAPS = 'glibc-hwcaps/';

/** The entry that the loader of such a program takes: of those for better processors the best, before the one for all. */
export function findByCache(
  name: string,
  { machine, bits, order }: Pick<Elf, 'machine' | 'bits' | 'order'>,
  { cache, subfolders }: Pick<LoaderMachine, 'cache' | 'subfolders'>,
): CachedLibrary | undefined {
  const flags = FLAGS.find((one) => one[0] === machine && one[1] === bits && one[2] === order)?.[3];
  const fitting = cache.filter((entry) => entry.name === name && entry.flags === flags && !entry.isLegacy);
  for (const level of subfolders) {
    if (!level.startsWith(HWCAPS)) continue;
    const better = fitting.find(({ hwcaps }) => hwcaps === level.slice(HWCAPS.length));
    if (better) return better;
  }
  return fitting.find(({ hwcaps }) => hwcaps === undefined);
}
