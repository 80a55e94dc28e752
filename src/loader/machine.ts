import type { Elf } from '#formats/elf';
import type { CachedLibrary } from '#formats/loader-cache';

/** What is at a path, links followed. */
export type Opened =
  | { readonly kind: 'object'; readonly identity: string; readonly elf: Elf }
  /** There is nothing, or it may not be read. */
  | { readonly kind: 'absent' }
  /** The loader stops with an error at such a file. */
  | { readonly kind: 'damaged'; readonly because: string };

/** What the dynamic loader knows of the machine and of the environment it starts in. */
export interface LoaderMachine {
  open(path: string): Promise<Opened>;
  /** `ld.so.cache`; empty where there is none. */
  readonly cache: readonly CachedLibrary[];
  /** What the loader looks into where nothing else is said, in its order: part of how it was built. */
  readonly defaultFolders: readonly string[];
  /** Folders below each folder that are looked into before it, best first: `glibc-hwcaps/x86-64-v3`. */
  readonly subfolders: readonly string[];
  /** What `$LIB` and `$PLATFORM` stand for. */
  readonly lib: string;
  readonly platform: string;
  /** LD_LIBRARY_PATH and LD_PRELOAD as they are set. */
  readonly libraryPath?: string;
  readonly preload?: string;
  /** The folder that a process starts in, which empty entries mean. */
  readonly folder: string;
}

/** One place that was looked at, and by which rule. */
export interface Step {
  readonly rule: 'loaded' | 'path' | 'rpath' | 'library-path' | 'runpath' | 'cache' | 'default';
  /** Whose RPATH or RUNPATH it is: the path of that object. */
  readonly of?: string;
  /** The folder or the file that was looked at. */
  readonly place: string;
  readonly outcome: 'found' | 'absent' | 'other-machine' | 'damaged';
}

/** Which copy one name stands for, and why. */
export interface Resolution {
  /** As it is written in DT_NEEDED, LD_PRELOAD or a call of dlopen. */
  readonly name: string;
  /** `preload`: of LD_PRELOAD; what is not found of these is left out with a warning. */
  readonly how: 'needed' | 'preload' | 'dlopen';
  /** The path of the object that asked. */
  readonly wantedBy: string;
  /** As the loader opens it, links not followed; undefined where there is none. */
  readonly path: string | undefined;
  /** In order; the last one found it. */
  readonly steps: readonly Step[];
}
