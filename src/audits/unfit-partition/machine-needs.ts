import { compareVersions } from '#base';
import { wheelBaseline } from '#knowledge';
import type { Artifacts } from '#schema';
import { byBringer, type NativeObject } from '../environment-objects.ts';
import { normalName } from '../mpi-in-use.ts';

// What an environment needs of the machines that it is to run on, by its files.

type Environment = Artifacts['environment'];

/** What something needs of a machine, with who brought it. */
export interface Need {
  readonly bringers: readonly string[];
  readonly needed: string;
}

export interface Needs {
  /** By name of `uname -m`. */
  readonly machines: readonly Need[];
  readonly glibc: Need | undefined;
  /** Targets of archspec. */
  readonly processors: readonly Need[];
  readonly cuda: readonly (Need & { readonly major: number })[];
}

const MACHINES: Readonly<Record<string, string>> = {
  '62/64': 'x86_64',
  '183/64': 'aarch64',
  '21/64': 'ppc64le',
  '22/64': 's390x',
  '243/64': 'riscv64',
};

export function needsOf(environment: Environment): Needs {
  const byBringers = (key: (object: NativeObject) => string | undefined): Need[] => {
    const needs = new Map<string, Set<string>>();
    for (const [bringer, objects] of byBringer(environment, environment.objects))
      for (const needed of new Set(objects.flatMap((object) => key(object) ?? [])))
        needs.set(needed, (needs.get(needed) ?? new Set()).add(bringer));
    return [...needs].map(([needed, bringers]) => ({ needed, bringers: [...bringers] }));
  };
  const glibcs = byBringers(({ glibc }) => glibc).sort((a, b) => compareVersions(b.needed, a.needed));
  return {
    machines: byBringers(({ machine, bits }) => MACHINES[`${machine}/${bits}`]),
    glibc: glibcs[0],
    processors: [...byBringers(targetOf), ...baselines(environment), ...builtFor(environment)],
    cuda: cudaNeeds(environment),
  };
}

/** The highest level that its note asks for, as archspec calls it. */
const targetOf = ({ isaNeeded = [] }: NativeObject): string | undefined =>
  isaNeeded
    .filter((level) => /^x86-64-v\d$/.test(level))
    .sort()
    .at(-1)
    ?.replaceAll('-', '_');

const baselines = ({ distributions }: Environment): Need[] =>
  distributions.flatMap(({ name, version, platforms }) => {
    const needed = wheelBaseline(normalName(name), version, platforms);
    return needed === undefined ? [] : [{ needed, bringers: [`${name} ${version}`] }];
  });

/** GCC calls AMD's by its own names: https://gcc.gnu.org/onlinedocs/gcc/x86-Options.html. */
const archspecName = (march: string): string => march.replace(/^znver/, 'zen').replace(/-/g, '_');

/** What uv was told to build it with. `native` is whatever machine it was built on, which nobody wrote down. */
const builtFor = ({ distributions }: Environment): Need[] =>
  distributions.flatMap(({ name, version, buildVariables = {} }) => {
    const marches = Object.values(buildVariables).flatMap((value) => [...value.matchAll(/-march=([\w.-]+)/g)]);
    return marches.flatMap(([, march = '']) =>
      march === 'native' ? [] : [{ needed: archspecName(march), bringers: [`${name} ${version}`] }],
    );
  });

/** By the runtime that its files need, or the CUDA in its name. */
function cudaNeeds(environment: Environment): Needs['cuda'] {
  const majors = new Map<number, Set<string>>();
  const add = (major: string | undefined, bringer: string) => {
    if (major !== undefined) majors.set(Number(major), (majors.get(Number(major)) ?? new Set()).add(bringer));
  };
  for (const [bringer, objects] of byBringer(environment, environment.objects))
    for (const name of objects.flatMap(({ needed }) => needed)) add(/^libcudart\.so\.(\d+)/.exec(name)?.[1], bringer);
  for (const { name, version } of environment.distributions)
    add(/^(?:cupy-cuda|jax-cuda)(\d\d)(?:x|-|$)/.exec(normalName(name))?.[1], `${name} ${version}`);
  return [...majors].map(([major, bringers]) => ({ major, needed: `CUDA ${major}`, bringers: [...bringers] }));
}
