export type { Modulefile, ModuleStatement } from './modulefile.ts';
export { readLuaModulefile } from './read-lua-modulefile.ts';
export { readTclModulefile } from './read-tcl-modulefile.ts';
