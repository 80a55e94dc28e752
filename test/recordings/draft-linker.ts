import { type Linker, readEnvironment } from '#environment';
import { readElf } from '#formats/elf';
import type { LoaderMachine, Opened } from '#loader';
import { draftElf, type ElfDraft } from './elf-draft.ts';
import { type MemoryHost, memoryHost } from './memory-host.ts';

const SITE = '/e/lib/python3.12/site-packages';
const PROGRAM = '/usr/bin/python';

const openOn =
  (machine: MemoryHost): LoaderMachine['open'] =>
  async (path): Promise<Opened> => {
    const read = await machine.within(path, async ({ identity, bytes, read: part }) => ({
      identity,
      content: await part(0, bytes),
    }));
    if (!read.ok || !read.value.content.ok) return { kind: 'absent' };
    const opened = readElf(read.value.content.value);
    if (!opened.ok) return { kind: 'damaged', because: opened.failure.message };
    return { kind: 'object', identity: read.value.identity, elf: opened.value };
  };

interface Surrounded {
  readonly place: string;
  readonly libraryPath?: string;
  readonly pythonPath?: readonly string[];
}

/** An environment of a machine in memory, and the machine's loader: it looks into /lib. */
export async function readDraft(machine: MemoryHost, { place, libraryPath, pythonPath = [] }: Surrounded) {
  machine.file(PROGRAM, draftElf({}));
  const environment = await readEnvironment(machine, { place, around: { pythonPath } });
  const elf = readElf(draftElf({}));
  if (!environment.ok || !elf.ok) throw new Error('the draft cannot be read');
  const loader: LoaderMachine = {
    ...{ cache: [], defaultFolders: ['/lib'], subfolders: [], lib: 'lib', platform: 'x86_64', folder: '/' },
    open: openOn(machine),
    ...(libraryPath === undefined ? {} : { libraryPath }),
  };
  const linker: Linker = {
    ...{ machine: loader, glibc: '2.36' },
    program: { path: PROGRAM, identity: 'python', elf: elf.value },
  };
  return { environment: environment.value, linker };
}

/** An environment in /e of these files, beside /lib, and the loader of a machine that has them. */
export function linked(objects: Readonly<Record<string, ElfDraft>>) {
  const machine = memoryHost().file('/e/pyvenv.cfg', 'home = /usr/bin\n').folder(SITE);
  for (const [path, draft] of Object.entries(objects)) machine.file(path, draftElf(draft));
  return readDraft(machine, { place: '/e' });
}
