import { type ImageRoot, isWithin, LAYERS, type LayerName } from '#schema';

/** Which layer a path is in, by how often the like of it changes. */
export function layerOf(path: string, root: ImageRoot): LayerName {
  if (root.kind === 'user') return 'user';
  if (root.kind === 'cache') return 'caches';
  if (root.kind !== 'interpreter') return 'dependencies';
  const below = path.slice(root.path.length + 1);
  if (/(^|\/)(site|dist)-packages(\/|$)/.test(below)) return 'dependencies';
  // A prefix that is environment and interpreter in one has programs and libraries of both.
  return /^(lib\d*\/python\d|lib\d*\/libpython|bin\/python|python\d)/.test(below) || isStdlib(path, root)
    ? 'interpreter'
    : 'dependencies';
}

/** The root is a standard library that lies apart from its prefix. */
function isStdlib(path: string, root: ImageRoot): boolean {
  return /\/python\d[\d.]*t?$/.test(root.path) && isWithin(path, root.path);
}

/** The later of two. */
export function laterLayer(a: LayerName, b: LayerName): LayerName {
  return LAYERS.indexOf(a) < LAYERS.indexOf(b) ? b : a;
}
