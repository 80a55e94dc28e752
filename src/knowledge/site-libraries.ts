import file from '../../knowledge/site-libraries.json' with { type: 'json' };

/** Folders that each node has of its own: what is below is never packed, unless a shared file system is mounted there. */
export const systemFolders: readonly string[] = file.systemFolders.folders;

/** Folders that a dynamic loader is run from to ask it about itself: one that lies elsewhere anyone may have put there. */
export const loaderFolders: readonly string[] = file.loaderFolders.folders;

/** Folders that are never packed, whatever is mounted there. */
export const siteFolders: readonly string[] = [
  ...file.kernelFolders.folders,
  ...file.vendorFolders.map(({ folder }) => folder),
];

const libraries = file.libraries.map(({ kind, soname }) => ({ kind, soname: new RegExp(soname) }));

/** What kind of library a name (`libmpi.so.40`) is of that belongs to the machine; undefined for all others. */
export function siteLibraryKind(name: string): string | undefined {
  return libraries.find(({ soname }) => soname.test(name))?.kind;
}
