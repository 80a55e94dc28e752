import type { Check } from '#schema';
import { check } from './check.ts';
import type { Run } from './run.ts';
import type { Sides } from './sides.ts';

function sayExit({ status, signal }: Run['exit']): string {
  return signal === undefined ? `status ${status ?? 'unknown'}` : `killed by ${signal}`;
}

export function compareExits({ plain, staged }: Sides): Check {
  const [before, after] = [sayExit(plain.run.exit), sayExit(staged.run.exit)];
  return check('exit', after, before === after ? [] : [`${after} from the image, else ${before}`]);
}
