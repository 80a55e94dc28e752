import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import file from '../../knowledge/cpu-targets.json' with { type: 'json' };
import {
  cpuTargetOf,
  findCpuTarget,
  listTargetsThatRun,
  missingFeatures,
  readCpuFacts,
  runsCodeOf,
} from './cpu-targets.ts';

// archspec's own: what Linux said of real machines, each named for the target that it is.
const folder = join(import.meta.dirname, 'cases/cpu-targets');
const machines = readdirSync(folder).map((name) => ({ name, target: name.slice(name.lastIndexOf('-') + 1) }));
const FAMILIES = ['x86_64', 'aarch64', 'ppc64', 'ppc64le', 'riscv64'];
const machineOf = (target: string): string => FAMILIES.find((family) => runsCodeOf(target, family)) ?? '';
const read = (name: string, target: string) =>
  readCpuFacts(machineOf(target), readFileSync(join(folder, name), 'utf8'));

test.for(machines)('$name', ({ name, target }) => {
  expect(cpuTargetOf(read(name, target))?.name).toBe(target);
});

test('every target has its ancestors and a level without a maker', () => {
  for (const name of Object.keys(file.targets)) {
    const target = findCpuTarget(name);
    expect(target?.ancestors.every((ancestor) => findCpuTarget(ancestor))).toBe(true);
    expect(findCpuTarget(target?.level ?? '')?.vendor).toBe('generic');
  }
});

test.for([
  ['zen4', 'x86_64_v4'],
  ['zen3', 'x86_64_v3'],
  ['skylake', 'x86_64_v3'],
  ['icelake', 'x86_64_v4'],
  ['core2', 'x86_64'],
  ['neoverse_n1', 'armv8.2a'],
  ['power9le', 'ppc64le'],
] as const)('the level of %s is %s', ([target, level]) => {
  expect(findCpuTarget(target)?.level).toBe(level);
});

test.for([
  ['zen4', 'x86_64_v4', true],
  ['zen3', 'x86_64_v4', false],
  ['zen3', 'haswell', false],
  ['icelake', 'skylake_avx512', true],
  ['neoverse_v1', 'a64fx', false],
  ['neoverse_v1', 'neoverse_n1', true],
  ['power10le', 'power8le', true],
  ['x86_64_v3', 'aarch64', false],
  ['zen3', 'zen99', undefined],
] as const)('%s runs the code of %s: %s', ([processor, code, runs]) => {
  expect(runsCodeOf(processor, code)).toBe(runs);
});

test('code of a level runs on all that stand on it', () => {
  const run = listTargetsThatRun('x86_64_v4');
  expect(run).toEqual(expect.arrayContaining(['x86_64_v4', 'skylake_avx512', 'sapphirerapids', 'zen4', 'zen5']));
  expect(run).not.toContain('alderlake');
  expect(listTargetsThatRun('unheard-of')).toEqual([]);
});

test('what a processor lacks is told by feature, whoever made it', () => {
  const facts = read('linux-rhel7-zen', 'zen');
  expect(missingFeatures(facts, 'x86_64_v3')).toEqual([]);
  expect(missingFeatures(facts, 'x86_64_v4')).toEqual(['avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl']);
  expect(missingFeatures(facts, 'armv8.2a')).toBeUndefined();
  expect(missingFeatures({ machine: 'aarch64', features: ['fp'] }, 'armv8.2a')).toBeUndefined();
  expect(missingFeatures({ machine: 'x86_64' }, 'x86_64_v2')).toBeUndefined();
});

test('a machine that shows nothing is its family, and one that nobody knows is nothing', () => {
  expect(cpuTargetOf({ machine: 'x86_64' })?.name).toBe('x86_64');
  expect(cpuTargetOf({ machine: 'ppc64le', cpu: 'Intel(R) Xeon(R)' })?.name).toBe('ppc64le');
  expect(cpuTargetOf({ machine: 's390x' })).toBeUndefined();
  expect(cpuTargetOf({ machine: 'zen4' })).toBeUndefined();
});
