import { test } from 'vitest';
import { canTrace, countCalls } from '../../bench/count-calls.ts';
import { root } from './run.ts';

// A tool about slow starts starts fast.
const BUDGET = 60;

const traced = canTrace();
if (!traced) console.warn('skipped: strace is not there or may not trace');

test.skipIf(!traced).for(['--version', 'explain use-safe-path'])(
  'pharos %s makes few file system calls',
  (args, { expect }) => {
    const bare = countCalls(['dist/node', '-e', '0'], root);
    const calls = countCalls(['./pharos', ...args.split(' ')], root);
    expect(bare).toBeGreaterThan(BUDGET);
    expect(calls - bare).toBeGreaterThan(0);
    expect(calls - bare).toBeLessThanOrEqual(BUDGET);
  },
);
