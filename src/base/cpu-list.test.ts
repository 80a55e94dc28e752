import fc from 'fast-check';
import { describe, test } from 'vitest';
import {
  countCpus,
  cpuSetOf,
  formatCpuList,
  indexCpus,
  intersectCpus,
  listCpus,
  parseCpuList,
  subtractCpus,
  uniteCpus,
} from './index.ts';

const numbers = fc.array(fc.nat(40), { maxLength: 30 });
const ascending = (of: Iterable<number>) => [...new Set(of)].sort((a, b) => a - b);

describe('a list of CPUs', () => {
  test.for([
    ['', ''],
    ['0', '0'],
    ['0-3,8', '0-3,8'],
    ['8,0-3', '0-3,8'],
    ['0,1,2,3', '0-3'],
    ['0-5,3-9', '0-9'],
    ['0-3,4-7', '0-7'],
    ['1, 3', '1,3'],
  ])('%s is %s', ([text, shortest], { expect }) => {
    expect(formatCpuList(parseCpuList(text ?? ''))).toBe(shortest);
  });

  test.for(['x', '-1', '5-3', '1-2-3', '1e3', '0x4', '9999999999'])('%s names none', (text, { expect }) => {
    expect(parseCpuList(text)).toEqual([]);
  });

  test('costs as much as its text, however many it names', ({ expect }) => {
    const all = parseCpuList('0-999999999');
    expect(countCpus(all)).toBe(1_000_000_000);
    expect(countCpus(subtractCpus(all, parseCpuList('5-6')))).toBe(999_999_998);
    expect(listCpus(all, 3)).toEqual([0, 1, 2]);
  });

  test('tells which list a CPU is in, and reads no more than it is told to', ({ expect }) => {
    expect([...indexCpus(['0,4', '', '1,5'], 8)]).toEqual([
      [0, 0],
      [4, 0],
      [1, 2],
      [5, 2],
    ]);
    const vast = Array.from({ length: 100_000 }, () => '0-999999999');
    expect([...indexCpus(vast, 3).keys()]).toEqual([0, 1, 2]);
  });

  test('of some numbers holds them, once each', ({ expect }) => {
    fc.assert(
      fc.property(numbers, (some) => {
        const set = parseCpuList(formatCpuList(cpuSetOf(some)));
        expect(listCpus(set, 100)).toEqual(ascending(some));
        expect(countCpus(set)).toBe(new Set(some).size);
      }),
    );
  });

  test('is united, intersected and subtracted as sets are', ({ expect }) => {
    fc.assert(
      fc.property(numbers, numbers, (a, b) => {
        const [first, second] = [cpuSetOf(a), cpuSetOf(b)];
        expect(uniteCpus([first, second])).toEqual(cpuSetOf([...a, ...b]));
        expect(intersectCpus(first, second)).toEqual(cpuSetOf(a.filter((number) => b.includes(number))));
        expect(subtractCpus(first, second)).toEqual(cpuSetOf(a.filter((number) => !b.includes(number))));
      }),
    );
  });
});
