import file from '../../knowledge/job-launchers.json' with { type: 'json' };

/** How a program that starts another one is typed: which of its options are followed by a value. */
export interface TypedOptions {
  readonly value: readonly string[];
  readonly flag: readonly string[];
  readonly source: string;
}

/** A launcher of one maker. Several makers' are called `mpiexec`. */
export interface JobLauncher extends TypedOptions {
  readonly id: string;
  readonly commands: readonly string[];
  /** `getopt`: one hyphen begins a cluster of letters, two a word. `either`: both begin a word. */
  readonly spelling: 'getopt' | 'either';
  /** Followed by two values. */
  readonly two?: readonly string[];
  /** Options after which no command is to be found on the line, and why. */
  readonly instead?: Readonly<Record<string, string | undefined>>;
}

/** A command that runs the command behind it, after so many operands of its own. */
export interface CommandWrapper extends TypedOptions {
  readonly command: string;
  readonly operands: number;
}

/** What a new job script is written with: each directive and option, and the page of its makers. */
export interface JobStart {
  readonly id: string;
  readonly options: Readonly<Record<string, string | undefined>>;
}

// JSON gives TypeScript a union of all shapes of the entries; job-launchers.test.ts holds them to these.
export const jobLaunchers: readonly JobLauncher[] = file.launchers as unknown as readonly JobLauncher[];
export const commandWrappers: readonly CommandWrapper[] = file.wrappers;
export const jobStarts: readonly JobStart[] = file.starts as unknown as readonly JobStart[];
/** Launchers that are known by name only. */
export const otherLaunchers: readonly string[] = file.others;
