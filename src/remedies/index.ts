import type { RemedyUnit } from './remedy.ts';

export type { RemedyUnit } from './remedy.ts';

export const remedies: readonly RemedyUnit[] = [];
