import { countCpus, formatCount, parseCpuList } from '#base';
import { visible } from './visible.ts';

// CPUs as a reader takes them in: every other one is said as such, and a long list keeps its ends.

/** `0-15`, `0,2..30`, `0,5,6`, of CPUs in the order in which they stand. */
export function tellCpus(cpus: readonly number[]): string {
  const [first = 0, second] = cpus;
  const last = cpus.at(-1) ?? first;
  if (second === undefined) return String(first);
  const step = second - first;
  const isEven = cpus.every((cpu, index) => cpu === first + index * step);
  if (isEven && step === 1) return `${first}-${last}`;
  if (isEven && cpus.length > 2) return `${first},${second}..${last}`;
  return cpus.length <= 3 ? cpus.join(',') : `${first}..${last}`;
}

/** Words of a list beyond which only even steps are worth a shorter form. */
const SHORT_LIST = 4;

/** The kernel's list, with `0,2..30` for every other one. */
export function tellMask(list: string): string {
  if (list === '') return 'none';
  const words = list.split(',');
  const numbers = words.map(Number);
  const [first = 0, second = 0] = numbers;
  const isEven = numbers.every((cpu, index) => cpu === first + index * (second - first));
  return words.length > SHORT_LIST && isEven ? tellCpus(numbers) : visible(list, 120);
}

/** `8 CPUs`, for ranks whose masks differ in place only. */
export function tellMaskSize(list: string): string {
  const count = countCpus(parseCpuList(list));
  return `${formatCount(count)} ${count === 1 ? 'CPU' : 'CPUs'}`;
}
