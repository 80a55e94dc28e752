import type { Check } from '#schema';
import { check } from './check.ts';
import type { Sides } from './sides.ts';

export async function compareInterpreters({ plain, staged }: Sides): Promise<Check> {
  const before = plain.run.python;
  const after = staged.run.python;
  const lines: string[] = [];
  if (before.version !== after.version) {
    lines.push(`it is Python ${after.version} from the image, else ${before.version}`);
  }
  const place = await plain.originals.of(before.executable);
  const other = await staged.originals.of(after.executable);
  if (place !== other) lines.push(`it is ${other} from the image, else ${place}`);
  return check('interpreter', `Python ${before.version}, ${before.executable}`, lines);
}
