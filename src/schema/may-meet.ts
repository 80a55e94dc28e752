import type { Distribution, Environment, NativeObject } from './environment.ts';

// Wheels side by side, as `dist/*.whl`, are for many Pythons: only some of them can be installed together.

/** Interpreters that a tag fits: https://packaging.python.org/en/latest/specifications/platform-compatibility-tags/. */
interface Interpreters {
  readonly implementation: string;
  /** Of versions 3.9 and 3.12: 309 and 312. */
  readonly from: number;
  readonly to: number;
  readonly isFreeThreaded: boolean | undefined;
}

function interpretersOf(python: string, abi: string): Interpreters {
  const [, implementation = '', major = '0', minor = ''] = /^([a-z]+)(\d)(\d*)$/.exec(python) ?? [];
  const from = Number(major) * 100 + Number(minor || 0);
  const isOpen = implementation === 'py' || abi.startsWith('abi3');
  // `cp312t` is the free-threaded build; `none` fits both.
  const isFreeThreaded = abi === 'none' || abi === 'abi3t' ? undefined : /\dt$/.test(abi);
  return { implementation, from, to: isOpen ? Number.POSITIVE_INFINITY : from, isFreeThreaded };
}

function overlap(a: Interpreters, b: Interpreters): boolean {
  const either = [a, b];
  if (!either.some(({ implementation }) => implementation === 'py') && a.implementation !== b.implementation)
    return false;
  const threads = new Set(either.flatMap(({ isFreeThreaded }) => isFreeThreaded ?? []));
  return threads.size < 2 && Math.max(a.from, b.from) <= Math.min(a.to, b.to);
}

const allOf = ({ pythons, abis }: Distribution): readonly Interpreters[] =>
  pythons.flatMap((python) => abis.map((abi) => interpretersOf(python, abi)));

/** Parts of a name that are spelled in many ways: https://packaging.python.org/en/latest/specifications/name-normalization/. */
const normal = (name: string): string => name.replaceAll(/[-_.]+/g, '-').toLowerCase();

const libcOf = ({ platforms }: Distribution): string =>
  platforms.some((platform) => platform.startsWith('musllinux')) ? 'musl' : 'glibc';

/** Whether two files of one kind of machine can be in one environment. Where nobody says whose a file of a wheel is: no. */
export function mayMeet(
  { form, distributions }: Pick<Environment, 'form' | 'distributions'>,
  a: Pick<NativeObject, 'distribution'>,
  b: Pick<NativeObject, 'distribution'>,
): boolean {
  if (form !== 'wheels') return true;
  const [one, other] = [a, b].map(({ distribution }) => distributions[distribution ?? -1]);
  if (!one || !other) return false;
  if (one === other) return true;
  if (normal(one.name) === normal(other.name) || libcOf(one) !== libcOf(other)) return false;
  return allOf(one).some((first) => allOf(other).some((second) => overlap(first, second)));
}
