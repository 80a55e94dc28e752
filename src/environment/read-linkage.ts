import { absolutePath } from '#base';
import type { Elf } from '#formats/elf';
import { createProcess, type LoadedObject, type LoaderMachine, type Resolution } from '#loader';
import type { Environment, Link, Linkage } from '#schema';

/** A loader, and the program it would start. */
export interface Linker {
  readonly machine: LoaderMachine;
  readonly glibc: string;
  readonly program: { readonly path: string; readonly identity: string; readonly elf: Elf };
}

const linkOf = ({ name, path, steps }: Resolution): Link => ({
  name,
  rule: path === undefined ? 'none' : (steps.at(-1)?.rule ?? 'none'),
  ...(path === undefined ? {} : { path }),
});

const LEVEL = /^glibc-hwcaps\/(x86-64-v\d)$/;

const levelsOf = ({ subfolders }: LoaderMachine): string[] =>
  subfolders.flatMap((folder) => LEVEL.exec(folder)?.[1] ?? []);

/** The folders of LD_LIBRARY_PATH, as written. */
const entriesOf = (text = '') => text.split(/[:;]/).filter((entry) => entry !== '');

/**
 * How the loader of this machine would link the extension modules of an environment: each alone in a new process, for which
 * of several is first is a matter of the program. Modules of another machine are left out.
 */
export async function readLinkage({ objects }: Environment, linker: Linker): Promise<Linkage> {
  const { machine, glibc, program } = linker;
  const ours = new Set(objects.map(({ path }) => path));
  const links = new Map<string, Link[]>();
  const outside = new Map<string, LoadedObject>();
  const modules = objects.filter(
    ({ kind, machine: of, bits }) => kind === 'extension' && of === program.elf.machine && bits === program.elf.bits,
  );
  for (const { path } of modules) {
    const process = createProcess(machine, program);
    const resolutions = await process.load(path);
    for (const one of resolutions) keep(one, links, ours);
    for (const object of process.objects)
      if (!ours.has(absolutePath('/', object.path))) outside.set(object.path, object);
  }
  return {
    ...{ program: program.path, glibc, libraryPath: entriesOf(machine.libraryPath) },
    ...{ machine: program.elf.machine, bits: program.elf.bits, levels: levelsOf(machine) },
    objects: [...links].map(([path, own]) => ({ path, links: own })),
    outside: [...outside.values()].map(({ path, elf }) => ({
      path,
      versionsDefined: [...elf.versionsDefined],
      ...(elf.soname === undefined ? {} : { soname: elf.soname }),
    })),
  };
}

/** Of an object that several modules load, the first process tells. */
function keep(resolution: Resolution, links: Map<string, Link[]>, ours: ReadonlySet<string>): void {
  const { how, name } = resolution;
  // `$ORIGIN/../x.libs` leaves its `..` in paths.
  const wantedBy = absolutePath('/', resolution.wantedBy);
  if (how !== 'needed' || !ours.has(wantedBy)) return;
  const own = links.get(wantedBy) ?? [];
  if (!own.some((link) => link.name === name)) links.set(wantedBy, [...own, linkOf(resolution)]);
}
