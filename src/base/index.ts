export { compareVersions, laterVersion } from './compare-versions.ts';
export {
  type CpuSet,
  countCpus,
  cpuSetOf,
  formatCpuList,
  indexCpus,
  intersectCpus,
  listCpus,
  parseCpuList,
  subtractCpus,
  uniteCpus,
} from './cpu-list.ts';
export { fileStem } from './file-stem.ts';
export { inOrder } from './in-order.ts';
export { hideNames, type Names, revealNames } from './names.ts';
export { pathBytes, pathOfBytes } from './path-bytes.ts';
export { absolutePath, comparePaths, folderOf, join, nameOf, relativePath } from './paths.ts';
export { printable } from './printable.ts';
export {
  formatBytes,
  formatCount,
  formatCountOf,
  formatNumber,
  formatPercent,
  formatRange,
  formatSeconds,
} from './quantities.ts';
export { randomNumbers } from './random-numbers.ts';
export { type Failure, failure, type Result, success, unreachable } from './result.ts';
export { shellPath, shellWord } from './shell.ts';
export { sum } from './sum.ts';
export type { Bytes, Interval, Seconds } from './units.ts';
export { VERSION } from './version.ts';
