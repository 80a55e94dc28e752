import * as z from 'zod';

// What happened where the modules that a user named were imported, in a process of its own, with the environment's Python.

const count = z.int().nonnegative();
const Text = z.string().max(8192);

/** One line of `python/trial/imports.py`. */
export const ImportEvent = z.union([
  z.object({ import: Text }),
  /** An extension module that Python is about to open, by its path. */
  z.object({ load: Text }),
  /** What `ctypes` is about to open. */
  z.object({ open: Text }),
  /** Libraries that came into memory since. */
  z.object({ files: z.array(Text) }),
  z.object({ done: z.number().nonnegative() }),
  z.object({ failed: Text, text: Text }),
  z.object({
    pools: z.array(
      z.object({
        user_api: Text.nullish(),
        internal_api: Text.nullish(),
        version: Text.nullish(),
        num_threads: count.nullish(),
        filepath: Text.nullish(),
      }),
    ),
  }),
]);
export type ImportEvent = z.infer<typeof ImportEvent>;

export const ImportTrial = z.object({
  /** In the order in which they were imported; a name without `seconds` and `failed` was not reached. */
  modules: z.array(
    z.object({
      name: z.string(),
      seconds: z.number().optional(),
      failed: z.object({ type: z.string(), text: z.string() }).optional(),
    }),
  ),
  /** How the process ended where it did not come to its end, and the last that it said. */
  ended: z.object({ how: z.string(), during: z.string().optional(), said: z.string() }).optional(),
  /** Libraries and extension modules that were loaded as predicted. */
  agreed: count,
  /** Needs for which the process has another copy than predicted; absent paths: none. */
  differing: z.array(
    z.object({ name: z.string(), wantedBy: z.string(), predicted: z.string().optional(), real: z.string().optional() }),
  ),
  /** Libraries that code opened by itself: no header tells of them. */
  opened: z.array(z.object({ path: z.string(), during: z.string() })),
  /** Thread pools, where threadpoolctl is installed. */
  pools: z
    .array(
      z.object({
        api: z.string(),
        library: z.string(),
        version: z.string().optional(),
        threads: count.optional(),
        path: z.string(),
      }),
    )
    .optional(),
});
export type ImportTrial = z.infer<typeof ImportTrial>;
