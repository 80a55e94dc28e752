import { formatCountOf } from '#base';
import type { Check } from '#schema';
import { check, leftOut } from './check.ts';
import type { Run } from './run.ts';
import type { Side, Sides } from './sides.ts';

async function listOf(distributions: NonNullable<Run['distributions']>, { originals }: Side): Promise<Set<string>> {
  const found = new Set<string>();
  for (const { name, version, path } of distributions) {
    found.add(`${name} ${version} in ${await originals.of(path)}`);
  }
  return found;
}

/** Names, versions and folders of the installed distributions that the job can see. */
export async function compareDistributions({ plain, staged }: Sides): Promise<Check> {
  if (!plain.run.distributions || !staged.run.distributions) {
    return leftOut('distributions', 'in a job step they are not listed');
  }
  const before = await listOf(plain.run.distributions, plain);
  const after = await listOf(staged.run.distributions, staged);
  const lines = [
    ...[...before].filter((each) => !after.has(each)).map((each) => `${each} is not there in the image`),
    ...[...after].filter((each) => !before.has(each)).map((each) => `${each} is there in the image only`),
  ];
  return check('distributions', formatCountOf(after.size, 'distribution'), lines);
}
