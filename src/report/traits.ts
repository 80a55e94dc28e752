import type { Finding } from '#schema';
import { FIXER, formatCost, formatCostBasis } from './costs.ts';

const HARM: Record<Finding['harm'], string> = {
  crash: 'can crash the job',
  hang: 'can hang the job',
  'wrong-data': 'can give wrong results',
  cost: '',
};

/** What a finding does, how sure it is and who can mend it, around what it costs; an empty cost is not said. */
export function listTraits({ harm, confidence, fixer }: Finding, cost = ''): string[] {
  return [HARM[harm], cost, confidence, `fixed by ${FIXER[fixer]}`].filter((part) => part !== '');
}

/** What it costs, in words: what breaks the job has no price, and the doctor, who looks at a `step`, gives none. */
export function tellPrice({ cost, harm, severity }: Finding, ofStep: boolean): string {
  if (cost) return `${formatCost(cost)} (${formatCostBasis(cost)})`;
  if (harm !== 'cost') return '';
  if (!ofStep) return 'cost not known';
  return severity === 'note' ? '' : 'can slow the job';
}
