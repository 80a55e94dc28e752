import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chooseMpi, createMpiProcess, listMpiPrefixes } from '#environment';
import { fitOf, type MpiFit, type MpiLibrary, mpiPackages, mpiVersionOfFile } from '#knowledge';
import { EnvironmentReport } from '#schema';
import { localHost } from '../../../src/cli/files/index.ts';
import { localLoader, openProgram } from '../../../src/cli/work/local-loader.ts';
import { clusterNeeds, startCluster } from '../cluster.ts';
import { systemPython } from '../examples.ts';
import { lacks } from '../machine.ts';
import { hasDebianMpi } from '../mpi-kits.ts';
import { pharos } from '../pharos.ts';
import { ask, root } from '../run.ts';
import type { Cluster } from '../worlds.ts';
import { type Combination, combinations, launchers, openMpi, pythons } from './mpi-combinations.ts';
import { startCombination } from './start-combination.ts';

// What becomes of mpi4py under a launcher, told from the files of the environment and the name of the launcher before
// anything is started, then started.

type World = 'one world' | 'singletons' | 'ends' | 'no MPI';

/** A folder's `mpi4py`, and its extension modules by ABI. */
function listModules(site: string): ReadonlyMap<string, string> {
  const folder = join(site, 'mpi4py');
  const found = readdirSync(folder).flatMap((name) => [...name.matchAll(/^MPI\.(?:(\w+)\.)?cpython-.*\.so$/g)]);
  return new Map(found.map(([name, abi = '']) => [abi, join(folder, name)]));
}

function placesOf(python: string) {
  const prefix = dirname(dirname(python));
  const site =
    python === systemPython ? '/usr/lib/python3/dist-packages' : join(prefix, 'lib/python3.11/site-packages');
  return { prefix, site };
}

const VERSION = /-(\d[\w.]*)\.(?:dist|egg)-info$/;

function questionOf(python: string, environment: Readonly<Record<string, string>>) {
  const isDebian = python === systemPython;
  const { prefix, site } = placesOf(python);
  const [info = ''] = readdirSync(site).filter((name) => name.startsWith('mpi4py-'));
  const place = { prefix, basePrefix: '/usr', hasBaseSite: isDebian };
  return {
    version: VERSION.exec(info)?.[1] ?? '',
    modules: listModules(site),
    environment,
    prefixes: listMpiPrefixes(place),
  };
}

// What the collector finds in the same files for the doctor, in the order of mpi4py.
const FIND = `
import json, sys
from collector.machine import mpi_found
environ, prefix, site = json.loads(sys.argv[1]), sys.argv[2], sys.argv[3]
print(json.dumps(mpi_found.found_mpi(environ, prefix, "/usr", [site])["mpi"]))
`;

interface Found {
  readonly path: string;
  readonly family: MpiLibrary['family'];
  readonly needed: readonly string[];
}

function findByCollector(python: string, environment: Readonly<Record<string, string>>): readonly Found[] {
  const { prefix, site } = placesOf(python);
  return JSON.parse(
    ask([systemPython, '-c', FIND, JSON.stringify(environment), prefix, site], { cwd: join(root, 'python') }),
  );
}

/** Of a wheel that brings an MPI library, and lists it: its file does not tell. */
function versionOfPackage(site: string, { path, family }: Found): string | undefined {
  const packages = mpiPackages.filter((one) => one.family === family);
  for (const folder of readdirSync(site)) {
    const [, name = '', version] = /^([\w.]+)-(\d[\w.]*)\.dist-info$/.exec(folder) ?? [];
    if (!packages.some((one) => one.name === name.replaceAll('_', '-'))) continue;
    const files = readFileSync(join(site, folder, 'RECORD'), 'utf8').split('\n');
    if (files.some((line) => join(site, line.split(',')[0] ?? '') === path)) return version;
  }
  return undefined;
}

interface Told {
  readonly world: readonly World[];
  readonly library: string;
  readonly because: string;
}

const ENDS: Readonly<Record<string, readonly World[]>> = {
  singletons: ['singletons'],
  abort: ['ends'],
  either: ['singletons', 'ends'],
};

/** The process that the interpreter would be, in files. */
async function processOf(python: string, environment: Readonly<Record<string, string>>) {
  const program = await openProgram(python);
  const linker = program.ok ? await localLoader(program.value, environment, '/') : program;
  if (!linker.ok) throw new Error(linker.failure.message);
  return createMpiProcess(linker.value, localHost);
}

async function predict({ launcher, python, sets }: Combination): Promise<Told> {
  const { launched, sets: own } = launchers[launcher] ?? { launched: openMpi };
  const environment = { HOME: '/root', ...sets?.(), ...joined(own?.(), sets?.()) };
  const interpreter = pythons[python]();
  const choice = await chooseMpi(questionOf(interpreter, environment), await processOf(interpreter, environment));
  const [found] = findByCollector(interpreter, environment);
  expect(found?.path, 'the collector and mpi-choice agree').toBe(choice.ok ? choice.value.library : undefined);
  const { stdout } = pharos(['env', interpreter, '--json'], { env: environment });
  const shown = EnvironmentReport.parse(JSON.parse(stdout)).mpi4py?.library;
  expect(shown, 'pharos env shows it').toBe(choice.ok ? choice.value.library : undefined);
  if (!found) return { world: ['no MPI'], library: '', because: choice.ok ? '' : choice.failure.message };
  const { site } = placesOf(interpreter);
  const version = versionOfPackage(site, found) ?? mpiVersionOfFile(found.family, found.path);
  const fit = fitOf(launched, { ...found, version });
  return { world: worldsOf(fit), library: found.path, because: fit.because };
}

function worldsOf(fit: MpiFit): readonly World[] {
  if (fit.kind === 'one-world') return ['one world'];
  return fit.kind === 'apart' ? (ENDS[fit.ends] ?? []) : [];
}

/** A launcher puts its folder before those of the user. */
function joined(own: Readonly<Record<string, string>> = {}, set: Readonly<Record<string, string>> = {}) {
  const folders = [own.LD_LIBRARY_PATH, set.LD_LIBRARY_PATH].filter(Boolean);
  return folders.length > 0 ? { LD_LIBRARY_PATH: folders.join(':') } : {};
}

const needs = [...clusterNeeds, 'mpirun.openmpi', 'mpiexec.hydra'];

describe.skipIf(lacks('MPI of environments', ...needs) || !hasDebianMpi())('MPI of environments', () => {
  let cluster: Cluster;
  const table: string[] = [];
  let told = 0;
  beforeAll(() => {
    for (const make of Object.values(pythons)) make();
    cluster = startCluster({ nodes: 2, processors: 4 });
  });
  afterAll(() => {
    cluster?.down();
    process.stdout.write(`predicted, then run; ${told} of ${table.length} foretold:\n${table.join('\n')}\n`);
  });

  test.for(combinations.map((one, number) => ({ number, told: '', ...one })))(
    '$launcher, $python $told',
    async (one) => {
      const predicted = await predict(one);
      const seen = startCombination(cluster, one.number, one);
      const where = `${one.python} ${one.told}`.trim();
      table.push(
        `  ${one.launcher}, ${where}: ${predicted.world.join(' or ') || 'not foretold'} | ${seen.world} | ${basename(predicted.library)}`,
      );
      // Where nothing is foretold, nothing can be wrong; the table says so.
      if (predicted.world.length > 0) expect(predicted.world, predicted.because).toEqual([seen.world]);
      told += predicted.world.length > 0 ? 1 : 0;
      if (seen.library !== '') expect(seen.library).toBe(predicted.library);
    },
  );
});
