/** An object that a distribution offers to others by a group and a name. */
export interface EntryPoint {
  readonly group: string;
  readonly name: string;
  /** `package.module:object`, as written; extras in brackets may follow. */
  readonly value: string;
}

const LONGEST = 4 * 1024 * 1024;

/** What `entry_points.txt` offers, read as `importlib.metadata` does: lines that are neither a group nor a pair are passed over. */
export function readEntryPoints(text: string): readonly EntryPoint[] {
  const points: EntryPoint[] = [];
  let group: string | undefined;
  for (const written of text.slice(0, LONGEST).split(/\r\n|\r|\n/)) {
    const line = written.trim();
    if (line.startsWith('#')) continue;
    if (line.startsWith('[') && line.endsWith(']')) {
      group = line.slice(1, -1);
      continue;
    }
    const equals = line.indexOf('=');
    if (group === undefined || equals < 0) continue;
    points.push({ group, name: line.slice(0, equals).trim(), value: line.slice(equals + 1).trim() });
  }
  return points;
}
