import { expect } from 'vitest';
import { EnvironmentReport, type Finding } from '#schema';
import { pharos } from '../pharos.ts';

/** What `pharos env` finds in an environment, notes left out. */
export function findingsIn(
  place: string,
  env: Readonly<Record<string, string>> = {},
): (Finding & { readonly audit: string })[] {
  const { stdout, stderr } = pharos(['env', place, '--json'], { env });
  expect(stderr).toBe('');
  const { categories } = EnvironmentReport.parse(JSON.parse(stdout));
  const verdicts = categories.flatMap((category) => category.verdicts);
  return verdicts
    .flatMap(({ audit, verdict }) =>
      verdict.kind === 'fail' ? verdict.findings.map((one) => ({ ...one, audit })) : [],
    )
    .filter(({ severity }) => severity !== 'note');
}
