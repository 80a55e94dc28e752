import { copyFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { environment, example, examplesPython } from './examples.ts';
import { lacks } from './machine.ts';
import { audit, findingsOf, pharos } from './pharos.ts';
import { ask } from './run.ts';
import { scratch } from './scratch.ts';
import { serveSlowly, slowfsNeeds } from './slowfs.ts';

const METADATA = ['lookup', 'miss', 'getattr', 'open', 'opendir', 'readdir', 'readlink'];
const SCALE = ['--profile', 'slowfs', '--nodes', '1', '--ranks-per-node', '1'];

/** The largest share by which what is modelled may differ from what the server counted. */
const TOLERANCE = 0.05;

/** The start alone: the script without what stands below its `if __name__ == "__main__"`. */
const startOf = (script: string) => `import runpy; runpy.run_path(${JSON.stringify(script)}, run_name="start")`;

/** Bodies of a module that costs this much. What is counted is the same in every run. */
const EXTRAS = [
  {
    size: '500 stats',
    retry: 0,
    body: (folder: string) => `
import os
for number in range(500):
    try:
        os.stat(${JSON.stringify(folder)} + "/absent-%d" % number)
    except FileNotFoundError:
        pass
`,
  },
  // Where other work takes the processor away, half a second is little beside the other imports: it may try again.
  { size: '0.5 s', retry: 2, body: () => 'import time\ntime.sleep(0.5)\n' },
];

describe.skipIf(lacks('jobs behind slowfs', ...slowfsNeeds, 'ptrace'))('behind slowfs', () => {
  let served: ReturnType<typeof serveSlowly>;
  beforeAll(() => {
    examplesPython();
    served = serveSlowly(environment, ['ro']);
  });
  // Without its delays: what is counted does not depend on them, and seconds are not asserted.
  beforeEach(() => {
    served.control('enabled=0');
    served.remount();
  });
  afterAll(() => served?.stop());

  test.for(['heat', 'analysis', 'inference'])('the requests told for %s are those that the server counts', (name) => {
    const python = join(served.mount, 'bin/python');
    ask([python, '-c', startOf(example(name))]);
    const { requests } = served.control().total;
    const counted = METADATA.reduce((sum, kind) => sum + (requests[kind] ?? 0), 0);
    const { report } = audit(join(scratch('folded'), 'job'), [python, example(name)], SCALE);
    const told = report.headline.requestsPerNode ?? 0;
    process.stderr.write(`${name}: ${told} requests told, ${counted} counted\n`);
    expect(Math.abs(told - counted) / counted).toBeLessThanOrEqual(TOLERANCE);
  });

  for (const { size, retry, body } of EXTRAS) {
    test(`an extra module of ${size} ranks first, and diff names it`, { retry }, () => {
      const folder = scratch('extra');
      const python = join(served.mount, 'bin/python');
      const module = `extra_${Math.random().toString(36).slice(2, 10)}`;
      copyFileSync(example('analysis'), join(folder, 'analysis.py'));
      ask([python, join(folder, 'analysis.py')]); // the client knows what both audits ask
      audit(join(folder, 'before'), [python, join(folder, 'analysis.py')], SCALE);
      writeFileSync(join(folder, `${module}.py`), body(served.mount));
      ask(['sed', '-i', `s/^import numpy as np$/&\\nimport ${module}/`, join(folder, 'analysis.py')]);
      const { report } = audit(join(folder, 'after'), [python, join(folder, 'analysis.py')], SCALE);
      expect(JSON.stringify(findingsOf(report, 'heavy-import')[0])).toContain(module);
      const { status, stdout } = pharos(['diff', 'before.report.json', 'after.report.json'], { cwd: folder });
      expect(status).toBe(0);
      expect(stdout).toContain(`The largest change is the import of ${module}`);
    });
  }
});
