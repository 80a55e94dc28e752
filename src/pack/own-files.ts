import { pathBytes } from '#base';
import { STAGE_TOKEN } from '#schema';
import type { OwnParts } from './workshop.ts';

/** A file of Pharos itself in the stage. */
export interface OwnFile {
  readonly path: string;
  readonly bytes: Uint8Array;
  /** It names the stage. */
  readonly isTemplate?: true;
}

/** Of the folder of `sys.path` where it stands, the first that `site` reads. */
const BEGINNING = '00-pharos.pth';

/** More than the bytecode of `begin.py` will ever be. */
const MOST_BYTES = 1_000_000;
/** `O_CLOEXEC` of Linux: a child that is started meanwhile does not inherit the file. */
const CLOSE_ON_EXEC = 0o2000000;

/** One line that `site` executes: it runs the bytecode of `begin.py`, and imports nothing that is not there by then. */
const LINE = [
  'import sys, marshal, posix',
  `f = posix.open('${STAGE_TOKEN}/.pharos/staged/__pycache__/begin.' + sys.implementation.cache_tag + '.pyc', ${CLOSE_ON_EXEC})`,
  `exec(marshal.loads(posix.read(f, ${MOST_BYTES})[16:]), {'STAGE': '${STAGE_TOKEN}'})`,
  'posix.close(f)\n',
].join('; ');

/** Does the same in a folder of PYTHONPATH, where no `.pth` file is read. */
export const CUSTOMIZATION = 'sitecustomize.py';

/** A staged folder where the interpreter begins: a `site-packages`, or one of PYTHONPATH. */
export interface BeginningPlace {
  readonly folder: string;
  readonly isSite: boolean;
}

/** What is of Pharos in the stage. Without a place in it (undefined) nothing starts its finders. */
export function ownFiles({ staged }: OwnParts, place: BeginningPlace | undefined): OwnFile[] {
  const files: OwnFile[] = staged.map(({ name, bytes }) => ({ path: `/.pharos/staged/${name}`, bytes }));
  const bytes = place?.isSite ? pathBytes(LINE) : staged.find(({ name }) => name === CUSTOMIZATION)?.bytes;
  if (place === undefined || bytes === undefined) return files;
  return [...files, { path: `${place.folder}/${place.isSite ? BEGINNING : CUSTOMIZATION}`, bytes, isTemplate: true }];
}

/** Where the bytecode of a staged file stands. */
export function ownBytecode(name: string, cacheTag: string): string {
  return `/.pharos/staged/__pycache__/${name.replace(/\.py$/, '')}.${cacheTag}.pyc`;
}
