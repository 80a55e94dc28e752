import { expect, test } from 'vitest';
import type { Artifacts, Recording } from '#schema';
import { makeTarget } from './target.ts';

const recording = (cpusAllowed?: number) =>
  ({ facts: { node: [{ system: 'Linux', kernel: '6', machine: 'x86_64', cpusAllowed }] } }) as unknown as Recording;

const mount = (
  id: number,
  point: string,
  kind: Artifacts['storage']['mounts'][number]['class'],
  type = kind as string,
) => ({
  id,
  point,
  type,
  class: kind,
  sharing: kind === 'local' || kind === 'tmpfs' ? ('node-local' as const) : ('shared' as const),
});

const run = (launcher: string, nodes: number, ranks: number) => ({ launcher, nodes, ranks }) as Artifacts['run'];

const python = (prefix: string, basePrefix: string, ...paths: string[]) =>
  ({
    prefix,
    basePrefix,
    searchPaths: {},
    pathEntries: paths.map((path) => ({ path, origin: 'other' })),
  }) as unknown as Artifacts['python'];

test('nothing asked for and no allocation: 64 nodes with a rank on each core', () => {
  expect(makeTarget(recording(12), {}, {})).toMatchObject({ nodes: 64, ranksPerNode: 12, basis: 'default' });
});

test('an allocation is the scale, rounded up to whole ranks on a node', () => {
  const target = makeTarget(recording(12), { run: run('slurm', 3, 10) }, {});
  expect(target).toMatchObject({ nodes: 3, ranksPerNode: 4, basis: 'allocation' });
});

test('what is asked for wins, the rest comes from where it would have come', () => {
  const target = makeTarget(recording(12), { run: run('slurm', 3, 12) }, { nodes: 500 });
  expect(target).toMatchObject({ nodes: 500, ranksPerNode: 4, basis: 'asked' });
});

test('with something on shared storage the model stands on that, busiest mount first', () => {
  const storage = { mounts: [mount(1, '/', 'local'), mount(2, '/home', 'nfs'), mount(3, '/work', 'gpfs')] };
  const paths = [1, 2, 3].map((id) => ({ parent: 0, name: String(id), mount: id }));
  const access = (path: number, count: number) => ({ path, count, phase: 'start' });
  const accesses = { paths, accesses: [access(0, 99), access(1, 1), access(2, 5)] } as unknown as Artifacts['accesses'];
  expect(makeTarget(recording(), { storage, accesses }, {})).toMatchObject({
    applies: 'observed',
    profile: 'gpfs',
    sharedMounts: [3, 2],
    sharedPrefixes: [],
  });
});

test('a shared mount that the start never touched does not count', () => {
  const storage = { mounts: [mount(1, '/', 'local'), mount(2, '/home', 'nfs')] };
  const accesses = { paths: [{ parent: 0, name: '', mount: 1 }], accesses: [] } as unknown as Artifacts['accesses'];
  expect(makeTarget(recording(), { storage, accesses }, {}).applies).toBe('as-if');
});

test.for([
  ['fuse.slowfs', 'slowfs'],
  ['fuse.sshfs', 'nfs'],
])('a %s mount is taken for %s', ([type, profile]) => {
  const storage = { mounts: [mount(1, '/env', 'fuse', type)] };
  expect(makeTarget(recording(), { storage }, {}).profile).toBe(profile);
});

test('with nothing shared, the environment and the code are taken as if they were, the system is not', () => {
  const artifacts = {
    python: python('/data/venv', '/usr', '/data/job', '/usr/lib/python3', '/data/venv/lib', '~/.local'),
  };
  expect(makeTarget(recording(), artifacts, {})).toMatchObject({
    applies: 'as-if',
    profile: 'lustre',
    sharedPrefixes: ['/data/job', '/data/venv', '~/.local'],
  });
});

test('what was staged to the memory of the node is meant to be local', () => {
  const storage = { mounts: [mount(1, '/', 'local'), mount(2, '/dev/shm', 'tmpfs'), mount(3, '/scratch', 'tmpfs')] };
  const artifacts = { storage, python: python('/scratch/env', '/scratch/env', '/data/job') };
  expect(makeTarget(recording(), artifacts, {}).sharedPrefixes).toEqual(['/data/job']);
});

test('where libraries are searched counts as the environment too, but for the system', () => {
  const searchPaths = { LD_LIBRARY_PATH: ['/data/modules/fft/lib', '/usr/lib/x86_64-linux-gnu'] };
  const artifacts = { python: { ...python('/usr', '/usr', '/data/job'), searchPaths } };
  expect(makeTarget(recording(), artifacts, {}).sharedPrefixes).toEqual(['/data/job', '/data/modules/fft/lib']);
});
