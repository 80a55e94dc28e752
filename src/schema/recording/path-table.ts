import { type Line, malformed, plainObject, shortText, wholeNumber } from './malformed.ts';
import type { PathNode } from './recording.ts';

/** Far beyond any job: the largest environments known have 400,000 files. */
const MOST_PATHS = 2 ** 22;
const MOST_MOUNTS = 2 ** 16;
/** Twice Linux's PATH_MAX; it also bounds the depth. */
const LONGEST_PATH = 8192;
/** Of all paths written out in full. */
const MOST_CHARACTERS = 2 ** 29;

export interface PathTable {
  readonly nodes: readonly PathNode[];
  /** `["p", id, parent, name, {mount?, link?}?]` */
  kept(line: Line): void;
  /** `["d", id, mount, depth, extension, digest, folder?]` */
  removed(line: Line): void;
  /** An id that has been written before. */
  known(value: unknown): number;
}

function componentName(value: unknown): string {
  const name = shortText(value, 'the name');
  if (name === '' || name === '.' || name === '..' || /[/\0]/.test(name)) malformed('the name is not one component');
  return name;
}

/** Parents and links are written before they are used, so the tree has no cycles. */
export function pathTable(): PathTable {
  const nodes: PathNode[] = [{ parent: 0, name: '', mount: 0 }];
  const lengths: number[] = [0];
  let characters = 0;

  const known = (value: unknown): number => wholeNumber(value, 'the path', nodes.length - 1);

  function add(id: unknown, node: PathNode, length: number): void {
    if (id !== nodes.length) malformed(`the path's id is not ${nodes.length}`);
    if (nodes.length >= MOST_PATHS) malformed(`there are more than ${MOST_PATHS} paths`);
    if (length > LONGEST_PATH) malformed(`the path is longer than ${LONGEST_PATH} characters`);
    characters += length;
    if (characters > MOST_CHARACTERS) malformed(`the paths are longer than ${MOST_CHARACTERS} characters together`);
    nodes.push(node);
    lengths.push(length);
  }

  return {
    nodes,
    known,

    kept([, id, parentId, nameText, extra]) {
      const parent = known(parentId);
      const name = componentName(nameText);
      const length = (lengths[parent] ?? 0) + name.length + 1;
      const { mount = nodes[parent]?.mount, link } = extra === undefined ? {} : plainObject(extra, 'the last element');
      const node = { parent, name, mount: wholeNumber(mount, 'the mount', MOST_MOUNTS) };
      add(id, link === undefined ? node : { ...node, link: known(link) }, length);
    },

    removed([, id, mount, depth, extension, digest, folder]) {
      wholeNumber(depth, 'the depth', LONGEST_PATH);
      const name = componentName(`${shortText(digest, 'the digest')}${shortText(extension, 'the extension')}`);
      const parent = folder === undefined ? 0 : known(folder);
      if (nodes[parent]?.removed) malformed('the folder of a removed path is removed itself');
      const length = (lengths[parent] ?? 0) + name.length + 1;
      add(id, { parent, name, mount: wholeNumber(mount, 'the mount', MOST_MOUNTS), removed: true }, length);
    },
  };
}
