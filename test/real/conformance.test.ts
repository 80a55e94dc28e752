import { join } from 'node:path';
import { expect, test } from 'vitest';
import { examplesPython, systemPython } from './examples.ts';
import { lacks } from './machine.ts';
import { root, run } from './run.ts';

test.skipIf(lacks('the agreement of the two sources', 'ptrace'))(
  'the probe and the replay agree on packages with extension modules',
  () => {
    examplesPython();
    const command = [systemPython, '-B', '-m', 'unittest', '-v', 'collector.tests.test_conformance'];
    const { status, stderr } = run(command, { cwd: join(root, 'python'), seconds: 300 });
    expect(status, stderr).toBe(0);
    // Here nothing may be missing: the examples are set up, and CI allows tracing.
    expect(stderr).not.toContain('skipped');
  },
);
