import type { Python } from './artifacts.ts';

// What a user calls the things that more than one audit and remedy speak of: audits name their findings so, and
// remedies know by it which findings they cure.

/** Entries of `sys.path` that somebody added. The interpreter's and the environment's own are nobody's mistake. */
export const SEARCH_PATH_SUBJECTS = {
  pythonpath: 'PYTHONPATH',
  pth: '.pth files',
  user: 'user site',
  script: "the script's folder",
  other: 'entries added by code',
} as const satisfies Partial<Record<Python['pathEntries'][number]['origin'], string>>;

/** Folders that the dynamic loader searches, by who set them. */
export const LIBRARY_PATH_SUBJECTS = { environment: 'LD_LIBRARY_PATH', binary: 'RPATH and RUNPATH' } as const;
