/** A package that an environment is to have. */
export interface Wanted {
  /** Normalised. */
  readonly name: string;
  readonly extras: readonly string[];
  /** The release that was resolved, or that is asked for. */
  readonly version?: string;
  /** Whether it was asked for, or another package needs it. */
  readonly isAsked: boolean;
  /** Whether there is a wheel of that release for the Python and machine; absent where nobody looked. */
  readonly hasWheel?: boolean;
}
