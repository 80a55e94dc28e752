import { expect, test } from 'vitest';
import { type PlatformTag, platformOf } from './platform-tags.ts';

const glibc = (major: number, minor: number, machine: string): PlatformTag => ({
  system: 'linux',
  libc: { name: 'glibc', oldest: [major, minor] },
  machine,
});

test.for<[string, PlatformTag | undefined]>([
  ['any', { system: 'any' }],
  ['manylinux1_x86_64', glibc(2, 5, 'x86_64')],
  ['manylinux2010_i686', glibc(2, 12, 'i686')],
  ['manylinux2014_ppc64le', glibc(2, 17, 'ppc64le')],
  ['manylinux_2_28_aarch64', glibc(2, 28, 'aarch64')],
  ['manylinux_3_1_s390x', glibc(3, 1, 's390x')],
  ['musllinux_1_2_x86_64', { system: 'linux', libc: { name: 'musl', oldest: [1, 2] }, machine: 'x86_64' }],
  ['linux_x86_64', { system: 'linux', machine: 'x86_64' }],
  ['macosx_11_0_arm64', { system: 'macos', machine: 'arm64' }],
  ['macosx_10_9_universal2', { system: 'macos', machine: 'universal2' }],
  ['win32', { system: 'windows', machine: 'x86' }],
  ['win_amd64', { system: 'windows', machine: 'amd64' }],
  ['android_24_arm64_v8a', { system: 'android', machine: 'arm64_v8a' }],
  ['ios_13_0_arm64_iphoneos', { system: 'ios', machine: 'arm64_iphoneos' }],
  ['manylinux2024_x86_64', undefined],
  ['manylinux_2_x86_64', undefined],
  ['', undefined],
  ['__proto__', undefined],
])('%s', ([tag, platform]) => {
  expect(platformOf(tag)).toEqual(platform);
});
