import type { Result } from '#base';
import type { Host } from '#host';

export interface Digester {
  update(bytes: Uint8Array): void;
  /** SHA-256 in hexadecimal, of all that was given. */
  digest(): string;
}

/** What `python/staged/prepare.py` is asked. */
export interface PrepareRequest {
  readonly bytecode: readonly { readonly source: string; readonly target: string }[];
  readonly indexes: readonly { readonly target: string; readonly index: unknown }[];
}

export interface Prepared {
  readonly cacheTag: string;
  readonly version: string;
  readonly bytecode: readonly {
    readonly source: string;
    readonly state: 'kept' | 'compiled' | 'failed';
    readonly because?: string | undefined;
  }[];
}

/** What packing needs beside a machine to read. */
export interface Workshop {
  readonly host: Host;
  digester(): Digester;
  /** An empty folder of our own, that is gone afterwards. */
  readonly folder: string;
  /** Which interpreter will be asked: it may start meanwhile. */
  expect(python: string): void;
  /** With the job's own interpreter. */
  prepare(python: string, request: PrepareRequest): Promise<Result<Prepared>>;
  /** Tells a person who waits. */
  progress(done: number, all: number): void;
}

/** Where `launch` is written. */
export interface Sink {
  /** Takes the first bytes over from the image that was there, and goes on behind them. */
  begin(keptBytes: number): Promise<Result<undefined>>;
  write(bytes: Uint8Array): Promise<Result<undefined>>;
  writeAt(offset: number, bytes: Uint8Array): Promise<Result<undefined>>;
}

/** What an image holds of Pharos itself. */
export interface OwnParts {
  /** `launch.sh`. */
  readonly program: Uint8Array;
  /** Files of `.pharos/staged`, and their names there. */
  readonly staged: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** The folder where those are on this machine. */
  readonly folder: string;
}
