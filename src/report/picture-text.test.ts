import { describe, test } from 'vitest';
import { tellCpus, tellMask } from './cpus.ts';
import { layOutPicture, type Picture, tellLayout } from './picture.ts';
import { drawPicture, tellLegend } from './picture-text.ts';

interface Shape {
  readonly cores: number;
  readonly threads?: number;
  readonly packages?: number;
  readonly numa?: number;
  owners(core: number, thread: number): number[];
}

/** Cores in the order of packages; the second threads are numbered after all first ones. */
function draft({ cores, threads = 1, packages = 1, numa, owners }: Shape): Picture {
  return {
    nodes: ['n1'],
    count: 1,
    ranks: [],
    cores: Array.from({ length: cores }, (_, core) => ({
      package: Math.floor((core * packages) / cores),
      ...(numa === undefined ? {} : { numa: Math.floor((core * numa) / cores) }),
      cpus: Array.from({ length: threads }, (_, thread) => ({
        cpu: core + thread * cores,
        localRanks: owners(core, thread),
      })),
    })),
  };
}

describe('the picture of a node', () => {
  test('has a line for each NUMA node, a sign for each core', ({ expect }) => {
    const picture = draft({
      cores: 8,
      threads: 2,
      packages: 2,
      numa: 2,
      owners: (core) => (core < 6 ? [core >> 1] : []),
    });
    expect(drawPicture(picture, 80)).toEqual(['package 0 NUMA 0  CPU 0-3  0011', 'package 1 NUMA 1  CPU 4-7  22..']);
  });

  test('marks cores that several ranks may use', ({ expect }) => {
    const picture = draft({ cores: 4, owners: (core) => (core === 0 ? [0, 1] : core === 1 ? [1, 1] : []) });
    expect(drawPicture(picture, 80)).toEqual(['package 0  CPU 0-3  *1..']);
    expect(tellLayout(layOutPicture(picture))).toBe('4 cores: 2 open to no rank, 1 open to several ranks');
  });

  test('tells hardware threads apart where they have different owners', ({ expect }) => {
    const picture = draft({ cores: 4, threads: 2, owners: (core, thread) => (core === 3 ? [thread] : []) });
    expect(drawPicture(picture, 80)).toEqual(['package 0  CPU 0-3  ...0', '           CPU 4-7  ...1']);
    expect(tellLegend(layOutPicture(picture))).toContain('hardware threads');
  });

  test('draws a core whole where one rank has one of its hardware threads, and counts it', ({ expect }) => {
    const picture = draft({ cores: 4, threads: 2, owners: (core, thread) => (core < 2 && thread === 0 ? [core] : []) });
    expect(drawPicture(picture, 80)).toEqual(['package 0  CPU 0-3  01..']);
    expect(tellLayout(layOutPicture(picture))).toBe(
      '4 cores of 2 hardware threads: 2 open to no rank, 2 with a hardware thread open to none',
    );
  });

  test('writes numbers where signs run out, and letters before', ({ expect }) => {
    const own = (cores: number) => drawPicture(draft({ cores, owners: (core) => [core] }), 80).join('\n');
    expect(own(36)).toContain('opqrstuv');
    expect(own(40)).toContain('32 33 34 35 36 37 38 39');
  });

  test.for([1, 2, 4])('128 cores of %i hardware threads fit into 80 columns', (threads, { expect }) => {
    for (const numa of [undefined, 2, 8, 128]) {
      const owners = (core: number, thread: number) => [core + 128 * thread];
      const lines = drawPicture(draft({ cores: 128, threads, packages: 2, ...(numa ? { numa } : {}), owners }), 76);
      expect(lines.filter((line) => line.length > 76)).toEqual([]);
      expect(lines.length).toBeLessThan(60);
    }
  });

  test('every other CPU is told as such', ({ expect }) => {
    expect(tellCpus([0, 2, 4, 6])).toBe('0,2..6');
    expect(tellCpus([0, 1, 2])).toBe('0-2');
    expect(tellCpus([5])).toBe('5');
    expect(tellMask('1,3,5,7,9,11')).toBe('1,3..11');
    expect(tellMask('0-3,8')).toBe('0-3,8');
    expect(tellMask('')).toBe('none');
  });
});
