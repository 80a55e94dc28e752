import { type Linker, readEnvironment } from '#environment';
import { readElf } from '#formats/elf';
import type { LoaderMachine, Opened } from '#loader';
import { draftElf, type ElfDraft } from './elf-draft.ts';
import { type MemoryHost, memoryHost } from './memory-host.ts';

const SITE = '/e/lib/python3.12/site-packages';

function host(objects: Readonly<Record<string, ElfDraft>>): MemoryHost {
  const machine = memoryHost().file('/e/pyvenv.cfg', 'home = /usr/bin\n').folder(SITE);
  for (const [path, draft] of Object.entries(objects)) machine.file(path, draftElf(draft));
  return machine;
}

/** An environment in /e of these files, beside /lib, and the loader of a machine that has them. */
export async function linked(objects: Readonly<Record<string, ElfDraft>>) {
  const machine = host({ '/usr/bin/python': {}, ...objects });
  const environment = await readEnvironment(machine, { place: '/e', around: { pythonPath: [] } });
  const elf = readElf(draftElf({}));
  if (!environment.ok || !elf.ok) throw new Error('the draft cannot be read');
  const loader: LoaderMachine = {
    ...{ cache: [], defaultFolders: ['/lib'], subfolders: [], lib: 'lib', platform: 'x86_64', folder: '/' },
    async open(path): Promise<Opened> {
      const read = await machine.within(path, async ({ identity, bytes, read: part }) => ({
        identity,
        content: await part(0, bytes),
      }));
      if (!read.ok || !read.value.content.ok) return { kind: 'absent' };
      const opened = readElf(read.value.content.value);
      if (!opened.ok) return { kind: 'damaged', because: opened.failure.message };
      return { kind: 'object', identity: read.value.identity, elf: opened.value };
    },
  };
  const program = { path: '/usr/bin/python', identity: 'python', elf: elf.value };
  const linker: Linker = { machine: loader, glibc: '2.36', program };
  return { environment: environment.value, linker };
}
