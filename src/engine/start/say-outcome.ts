import type { Run } from '#schema';

/** How the command ended, as part of a sentence. */
export function sayOutcome({ outcome }: Pick<Run, 'outcome'>): string {
  switch (outcome.kind) {
    case 'exited':
      return `exited with status ${outcome.status}`;
    case 'killed':
      return `was killed by ${outcome.signal}${outcome.timeLimit ? ' at the time limit' : ''}`;
    case 'interrupted':
      return `was interrupted by ${outcome.signal}`;
    case 'unknown':
      return `ended in a way that is not known: ${outcome.because}`;
  }
}
