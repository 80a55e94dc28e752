/** Why something could not be done: `message` for people, `code` for programs. */
export interface Failure {
  /** `<folder>/<what-went-wrong>`, stable across releases. */
  readonly code: `${string}/${string}`;
  /** A fact in lower case, without a final period. */
  readonly message: string;
  /** What the user can do next, as one imperative sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
}

export type Result<T, F extends Failure = Failure> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly failure: F };

export function success<T>(value: T): { readonly ok: true; readonly value: T } {
  return { ok: true, value };
}

export function failure<F extends Failure>(what: F): { readonly ok: false; readonly failure: F } {
  return { ok: false, failure: what };
}

/** Ends an exhaustive switch: adding a variant makes the caller fail to compile. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
