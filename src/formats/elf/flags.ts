// Names of the bits of DT_FLAGS and DT_FLAGS_1 as the linker's manual and glibc's elf.h have them, without DF_ and DF_1_.

const FLAGS = 'ORIGIN SYMBOLIC TEXTREL BIND_NOW STATIC_TLS'.split(' ');
const FLAGS_1 =
  `NOW GLOBAL GROUP NODELETE LOADFLTR INITFIRST NOOPEN ORIGIN DIRECT TRANS INTERPOSE NODEFLIB NODUMP CONFALT ENDFILTEE
  DISPRELDNE DISPRELPND NODIRECT IGNMULDEF NOKSYMS NOHDR EDITED NORELOC SYMINTPOSE GLOBAUDIT SINGLETON STUB PIE KMOD
  WEAKFILTER NOCOMMON`.split(/\s+/);

/** The names of the bits that are set, each once. */
export function nameFlags(flags: number, flags1: number): readonly string[] {
  const named = (bits: number, names: readonly string[]) => names.filter((_, index) => (bits >>> index) & 1);
  return [...new Set([...named(flags >>> 0, FLAGS), ...named(flags1 >>> 0, FLAGS_1)])];
}
