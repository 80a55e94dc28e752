import type { Finding } from './verdict.ts';

const SEVERITIES: readonly Finding['severity'][] = ['error', 'warning', 'note'];

/** What breaks the run outweighs what slows it. */
export const breaksRun = ({ harm }: Finding): boolean => harm !== 'cost';

/** The gravest first: by severity, then what breaks before what slows. */
export const compareGravity = (a: Finding, b: Finding): number =>
  SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) || Number(breaksRun(b)) - Number(breaksRun(a));
