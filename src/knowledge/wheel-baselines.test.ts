import { expect, test } from 'vitest';
import { wheelBaseline } from './wheel-baselines.ts';

test.for([
  ['numpy', '2.4.6', 'manylinux_2_27_x86_64', 'x86_64_v2'],
  ['numpy', '2.10.0', 'manylinux_2_28_x86_64', 'x86_64_v2'],
  ['numpy', '2.3.5', 'manylinux_2_27_x86_64', undefined],
  // Who builds it chooses the baseline.
  ['numpy', '2.4.6', 'linux_x86_64', undefined],
  ['numpy', '2.4.6', 'manylinux_2_27_aarch64', undefined],
  ['scipy', '2.4.6', 'manylinux_2_27_x86_64', undefined],
] as const)('%s %s as %s', ([name, version, platform, target]) => {
  expect(wheelBaseline(name, version, [platform])).toBe(target);
});
