import type { Result } from '#base';
import type { Host } from '#host';

/** A part of a file. */
export interface Range {
  readonly offset: number;
  readonly bytes: number;
}

/** What verifying needs beside reading: SHA-256, in hexadecimal. */
export interface Machine {
  readonly host: Host;
  /** Of a regular file, or of a part of it; a failure where it is shorter. */
  digest(path: string, range?: Range): Promise<Result<string>>;
  readRange(path: string, range: Range): Promise<Result<Uint8Array>>;
  digestOf(bytes: Uint8Array): string;
}
