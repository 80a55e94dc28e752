import type { Audit } from './audit.ts';

export type { Audit } from './audit.ts';

/** In report order. */
export const audits: readonly Audit[] = [];
