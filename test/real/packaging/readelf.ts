import type { Elf } from '../../../src/formats/elf/index.ts';
import { run } from '../run.ts';

// What binutils' readelf says of files, in our words: the oracle of our reader.

export type Told = Omit<Elf, 'glibc' | 'isaNeeded' | 'protections'> & { readonly isaNeeded: readonly string[] };

const MACHINES: readonly (readonly [RegExp, number])[] = [
  [/X86-64/, 62],
  [/AArch64/, 183],
  [/PowerPC64/, 21],
  [/S\/390/, 22],
  [/80386/, 3],
];
const TYPES: Readonly<Record<string, Elf['type']>> = {
  REL: 'relocatable',
  EXEC: 'executable',
  DYN: 'shared',
  CORE: 'core',
};

const first = (text: string, pattern: RegExp) => pattern.exec(text)?.[1];
const all = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map(([, one = '']) => one);

/** `File: libc.so.6`, and below it the names of the versions. */
function versionsNeeded(text: string): Elf['versionsNeeded'] {
  const section = /Version needs section[\s\S]*?(?=Displaying notes|$)/.exec(text)?.[0] ?? '';
  return section
    .split(/(?=File: )/)
    .slice(1)
    .map((part) => ({ file: first(part, /^File: (\S+)/) ?? '', versions: all(part, /Name: (\S+)/g) }));
}

function versionsDefined(text: string): string[] {
  const section =
    /Version definition section[\s\S]*?(?=Version needs section|Displaying notes|$)/.exec(text)?.[0] ?? '';
  return all(section, /Flags: (?!BASE)\S.*?Name: (\S+)/g);
}

const SINGLE = {
  soname: /\(SONAME\)\s+Library soname: \[(.*)\]/,
  rpath: /\(RPATH\)\s+Library rpath: \[(.*)\]/,
  runpath: /\(RUNPATH\)\s+Library runpath: \[(.*)\]/,
  interpreter: /Requesting program interpreter: (.*)\]/,
  buildId: /Build ID: ([0-9a-f]+)/,
} as const;

/** What a file may have once or not at all. */
function tellSingle(text: string) {
  const pairs = Object.entries(SINGLE).map(([name, pattern]) => [name, first(text, pattern)] as const);
  const abi = /OS: (\w+), ABI: ([\d.]+)/.exec(text);
  return {
    ...Object.fromEntries(pairs.filter(([, value]) => value !== undefined)),
    ...(abi?.[1] && abi[2] ? { abi: { system: abi[1], version: abi[2] } } : {}),
  };
}

function tell(text: string): Told {
  const flags = `${first(text, /\(FLAGS\)\s+(.*)/) ?? ''} ${first(text, /\(FLAGS_1\)\s+Flags: (.*)/) ?? ''}`;
  const machine = first(text, /Machine:\s+(.*)/) ?? '';
  return {
    machine: MACHINES.find(([name]) => name.test(machine))?.[1] ?? -1,
    bits: /Class:\s+ELF64/.test(text) ? 64 : 32,
    order: /Data:.*little endian/.test(text) ? 'little' : 'big',
    type: TYPES[first(text, /Type:\s+(\w+)/) ?? ''] ?? 'other',
    needed: all(text, /\(NEEDED\)\s+Shared library: \[(.*)\]/g),
    flags: [...new Set(flags.split(/\s+/).filter((name) => name !== ''))].sort(),
    versionsNeeded: versionsNeeded(text),
    versionsDefined: versionsDefined(text),
    isaNeeded: all(first(text, /x86 ISA needed: (.*)/) ?? '', /(x86-64-\w+)/g),
    ...tellSingle(text),
  };
}

/** By path. */
export function askReadelf(paths: readonly string[]): ReadonlyMap<string, Told> {
  const told = new Map<string, Told>();
  for (let at = 0; at < paths.length; at += 200) {
    const some = paths.slice(at, at + 200);
    const { stdout } = run(['readelf', '-hldVnW', ...some], { env: { LC_ALL: 'C' } });
    // One file has no heading.
    const parts = some.length === 1 ? [`${some[0]}\n${stdout}`] : stdout.split(/^File: (?=\/)/m).slice(1);
    for (const part of parts) told.set(part.slice(0, part.indexOf('\n')), tell(part));
  }
  return told;
}

export interface NamesOfSymbols {
  readonly defined: ReadonlySet<string>;
  readonly undefined: ReadonlySet<string>;
}

/** Names of the dynamic symbols, without versions. */
export function askSymbols(path: string): NamesOfSymbols {
  const names = { defined: new Set<string>(), undefined: new Set<string>() };
  const { stdout } = run(['readelf', '--dyn-syms', '-W', path], { env: { LC_ALL: 'C' } });
  for (const line of stdout.split('\n')) {
    const [, type, section, name] =
      /^\s*\d+:\s+\S+\s+\S+\s+(\S+)\s+\S+\s+\S+\s+(?:\[.*?\]\s+)?(\S+)\s+(\S+)/.exec(line) ?? [];
    // A section has no name of its own: what is shown is the section's.
    if (name === undefined || type === 'SECTION') continue;
    names[section === 'UND' ? 'undefined' : 'defined'].add(name.replace(/@.*/, ''));
  }
  return names;
}
