import { absolutePath } from '#base';
import type { LoaderMachine } from './machine.ts';

/** `$ORIGIN`, `$LIB` and `$PLATFORM`, with or without braces: ld.so(8). */
const TOKEN = /\$(?:\{(ORIGIN|LIB|PLATFORM)\}|(ORIGIN|LIB|PLATFORM)(?![A-Za-z0-9_]))/g;

/** `origin`: the folder of the object in whose text it stands; undefined where that is not known. */
export function expandTokens(text: string, origin: string | undefined, machine: LoaderMachine): string | undefined {
  let isKnown = true;
  const expanded = text.replace(TOKEN, (_, braced: string | undefined, bare: string | undefined) => {
    const token = braced ?? bare;
    if (token === 'ORIGIN') {
      isKnown &&= origin !== undefined;
      return origin ?? '';
    }
    return token === 'LIB' ? machine.lib : machine.platform;
  });
  return isKnown ? expanded : undefined;
}

/** The folders of a search path, each once; an empty entry is the folder that a process starts in. */
export function listFolders(
  text: string,
  separators: ':' | ':;',
  origin: string | undefined,
  machine: LoaderMachine,
): readonly string[] {
  const entries = text.split(separators === ':' ? ':' : /[:;]/);
  const folders = entries.map((entry) => expandTokens(entry, origin, machine));
  return [
    ...new Set(
      folders.filter((folder) => folder !== undefined).map((folder) => absolutePathKept(machine.folder, folder)),
    ),
  ];
}

/** `..` stays: the kernel follows a link before it, a text would not. */
function absolutePathKept(folder: string, path: string): string {
  const whole = path.startsWith('/') ? path : path === '' ? folder : `${folder}/${path}`;
  if (!whole.includes('/..')) return absolutePath('/', whole);
  return whole.replace(/\/+/g, '/').replace(/(?<=.)\/$/, '');
}
