import { describe, expect, test } from 'vitest';
import { mayMeet } from './may-meet.ts';

const wheel = (name: string, python: string, abi: string, platform = 'manylinux_2_28_x86_64') => ({
  name,
  version: '1.0',
  site: 0,
  metadata: `${name}-1.0.dist-info`,
  platforms: [platform],
  pythons: python.split('.'),
  abis: [abi],
  requires: [],
  hasRecord: true,
});

const meet = (...pair: ReturnType<typeof wheel>[]) =>
  mayMeet({ form: 'wheels', distributions: pair }, { distribution: 0 }, { distribution: 1 });

describe('files of two wheels', () => {
  test.each([
    [true, wheel('a', 'cp312', 'cp312'), wheel('b', 'cp312', 'cp312')],
    [true, wheel('a', 'cp312', 'cp312'), wheel('b', 'cp311', 'abi3')],
    [true, wheel('a', 'cp313', 'cp313t'), wheel('b', 'py2.py3', 'none')],
    [false, wheel('a', 'cp310', 'cp310'), wheel('b', 'cp311', 'abi3')],
    [false, wheel('a', 'cp311', 'cp311'), wheel('b', 'cp312', 'cp312')],
    [false, wheel('a', 'cp313', 'cp313t'), wheel('b', 'cp313', 'cp313')],
    [false, wheel('a', 'pp311', 'pypy311_pp73'), wheel('b', 'cp311', 'cp311')],
    [false, wheel('a', 'cp312', 'cp312'), wheel('b', 'cp312', 'cp312', 'musllinux_1_2_x86_64')],
    [false, wheel('an.other', 'py3', 'none'), wheel('An-Other', 'py3', 'none')],
  ])('meet: %s', (expected, one, other) => {
    expect(meet(one, other)).toBe(expected);
  });

  test('meet where they are installed', () => {
    const distributions = [wheel('a', 'cp311', 'cp311'), wheel('b', 'cp312', 'cp312')];
    expect(mayMeet({ form: 'venv', distributions }, { distribution: 0 }, { distribution: 1 })).toBe(true);
    expect(mayMeet({ form: 'venv', distributions }, {}, { distribution: 1 })).toBe(true);
  });

  test('do not where nobody says whose they are', () => {
    expect(mayMeet({ form: 'wheels', distributions: [wheel('a', 'py3', 'none')] }, {}, { distribution: 0 })).toBe(
      false,
    );
  });
});
