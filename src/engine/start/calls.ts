import type { StartModel } from '#scale';
import type { Accesses, Cause, Report } from '#schema';

/** Calls of the start by the import that made them; 0 is none. */
export function callsByImport(accesses: Accesses | undefined): ReadonlyMap<number, number> {
  const calls = new Map<number, number>();
  for (const access of accesses?.accesses ?? []) {
    if (access.phase !== 'start') continue;
    calls.set(access.import, (calls.get(access.import) ?? 0) + access.count);
  }
  return calls;
}

/** Beyond this the model is not asked again for every cause: the report would wait for it. */
const MOST_ACCESSES = 200_000;

/** Calls of the start by cause, the most frequent first. */
export function listCauses(accesses: Accesses, model: StartModel | undefined): Report['causes'] {
  const rows = new Map<Cause, { cause: Cause; calls: number; failed: number; bytes: number }>();
  for (const { phase, cause, count, error, bytes } of accesses.accesses) {
    if (phase !== 'start') continue;
    const row = rows.get(cause) ?? { cause, calls: 0, failed: 0, bytes: 0 };
    rows.set(cause, row);
    row.calls += count;
    row.bytes += bytes;
    if (error !== '') row.failed += count;
  }
  const all = accesses.accesses.length > MOST_ACCESSES ? undefined : model?.requests().metadata;
  // What would not be asked for without this cause: two causes that look up the same folder share that request.
  const requests = (cause: Cause) => {
    if (all === undefined || !model) return {};
    const without = all === 0 ? 0 : model.requests((access) => access.cause === cause).metadata;
    return { requests: Math.max(0, all - without) };
  };
  return [...rows.values()].sort((a, b) => b.calls - a.calls).map((row) => ({ ...row, ...requests(row.cause) }));
}
