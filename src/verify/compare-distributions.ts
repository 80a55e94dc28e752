import { formatCountOf } from '#base';
import type { Check } from '#schema';
import { check } from './check.ts';
import type { Side, Sides } from './sides.ts';

async function listOf({ run, originals }: Side): Promise<Set<string>> {
  const found = new Set<string>();
  for (const { name, version, path } of run.distributions) {
    found.add(`${name} ${version} in ${await originals.of(path)}`);
  }
  return found;
}

/** Names, versions and folders of the installed distributions that the job can see. */
export async function compareDistributions({ plain, staged }: Sides): Promise<Check> {
  const before = await listOf(plain);
  const after = await listOf(staged);
  const lines = [
    ...[...before].filter((each) => !after.has(each)).map((each) => `${each} is not there in the image`),
    ...[...after].filter((each) => !before.has(each)).map((each) => `${each} is there in the image only`),
  ];
  return check('distributions', formatCountOf(after.size, 'distribution'), lines);
}
