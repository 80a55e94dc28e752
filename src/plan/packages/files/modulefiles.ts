import type { Surroundings } from './surroundings.ts';

/** Lua's text in quotes where that is plain, else in brackets of a level that the text does not close. */
function luaText(text: string): string {
  if (!/["\\]/.test(text)) return `"${text}"`;
  let level = 0;
  while (text.includes(`]${'='.repeat(level)}]`) || text.endsWith(`]${'='.repeat(level)}`)) level += 1;
  return `[${'='.repeat(level)}[${text}]${'='.repeat(level)}]`;
}

/** Tcl's word: in braces nothing is replaced; where these do not match, what Tcl would replace is escaped. */
function tclWord(text: string): string {
  if (/^[\w@%+=:,./-]+$/.test(text)) return text;
  return /[{}\\]/.test(text) ? `"${text.replace(/[\\"$[\]{}]/g, '\\$&')}"` : `{${text}}`;
}

/** https://lmod.readthedocs.io/en/latest/050_lua_modulefiles.html */
export function writeLuaModulefile(
  mark: string,
  about: string,
  { modules, set, libraryFolders }: Surroundings,
): string {
  return [
    `-- ${mark}`,
    `whatis(${luaText(about)})`,
    ...modules.map((name) => `depends_on(${luaText(name)})`),
    ...set.map(({ name, value }) => `setenv(${luaText(name)}, ${luaText(value)})`),
    ...[...libraryFolders].reverse().map((folder) => `prepend_path("LD_LIBRARY_PATH", ${luaText(folder)})`),
    '',
  ].join('\n');
}

/** https://modules.readthedocs.io/en/latest/modulefile.html; `module load` is what every release of it knows. */
export function writeTclModulefile(
  mark: string,
  about: string,
  { modules, set, libraryFolders }: Surroundings,
): string {
  return [
    '#%Module1.0',
    `# ${mark}`,
    `module-whatis ${tclWord(about)}`,
    ...modules.map((name) => `module load ${tclWord(name)}`),
    ...set.map(({ name, value }) => `setenv ${tclWord(name)} ${tclWord(value)}`),
    ...[...libraryFolders].reverse().map((folder) => `prepend-path LD_LIBRARY_PATH ${tclWord(folder)}`),
    '',
  ].join('\n');
}
