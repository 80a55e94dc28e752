// Makes knowledge/cpu-targets.json and the cases of its reader from a release of archspec:
//   pip download --no-deps archspec && node scripts/cpu-targets.ts archspec-*.whl
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const cases = join(root, 'src/knowledge/cases/cpu-targets');

interface Archspec {
  readonly microarchitectures: Readonly<Record<string, Entry>>;
  readonly conversions: { readonly arm_vendors: Readonly<Record<string, string>> };
}

interface Entry {
  readonly from: readonly string[];
  readonly vendor: string;
  readonly features: readonly string[];
  readonly generation?: number;
  readonly cpupart?: string;
}

/** One target without its compilers' flags, which nothing here asks for. */
const targetOf = ({ from, vendor, features, generation, cpupart }: Entry) => ({
  from,
  vendor,
  features,
  ...(generation !== undefined && { generation }),
  ...(cpupart !== undefined && { part: cpupart }),
});

function writeTargets(unpacked: string, release: string): void {
  const text = readFileSync(join(unpacked, 'cpu/microarchitectures.json'), 'utf8');
  const { microarchitectures, conversions } = JSON.parse(text) as Archspec;
  const file = {
    source: `archspec ${release}, https://pypi.org/project/archspec/${release}/: archspec/json/cpu/microarchitectures.json without the flags of compilers; its licence is in cpu-targets.licence.txt`,
    armVendors: conversions.arm_vendors,
    targets: Object.fromEntries(Object.entries(microarchitectures).map(([name, entry]) => [name, targetOf(entry)])),
  };
  writeFileSync(join(root, 'knowledge/cpu-targets.json'), `${JSON.stringify(file, null, 2)}\n`);
}

function writeLicence(unpacked: string): void {
  const texts = ['COPYRIGHT', 'LICENSE-MIT', 'NOTICE'].map((name) => readFileSync(join(unpacked, name), 'utf8').trim());
  writeFileSync(join(root, 'knowledge/cpu-targets.licence.txt'), `${texts.join('\n\n')}\n`);
}

/** What Linux said of real machines. */
function copyMachines(unpacked: string): void {
  rmSync(cases, { recursive: true, force: true });
  mkdirSync(cases, { recursive: true });
  const folder = join(unpacked, 'tests/targets');
  for (const name of readdirSync(folder)) {
    if (/^(linux|bgq)-/.test(name)) copyFileSync(join(folder, name), join(cases, name));
  }
}

const [wheel] = process.argv.slice(2);
const [, release] = /^archspec-([\d.]+)-/.exec(basename(wheel ?? '')) ?? [];
if (wheel === undefined || release === undefined) throw new Error('name a wheel of archspec');
const place = mkdtempSync(join(tmpdir(), 'archspec-'));
execFileSync('python3', ['-m', 'zipfile', '-e', wheel, place]);
const unpacked = join(place, 'archspec/json');
writeTargets(unpacked, release);
writeLicence(unpacked);
copyMachines(unpacked);
rmSync(place, { recursive: true });
execFileSync('npx', ['biome', 'format', '--write', 'knowledge/cpu-targets.json'], { cwd: root, stdio: 'inherit' });
