import { failure, type Result } from '#base';

/** Runs one unit. What it throws is our mistake, and must not cost the user the rest of the report. */
export function attempt<T>(unit: string, run: () => Result<T>): Result<T> {
  try {
    return run();
  } catch (cause) {
    const detail = cause instanceof Error ? cause.message : String(cause);
    return failure({
      code: 'engine/internal',
      message: `internal: ${unit} failed: ${detail}`,
      hint: 'Report this to the makers of pharos.',
      cause,
    });
  }
}
