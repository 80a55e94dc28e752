import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusterNeeds, startCluster } from './cluster.ts';
import { systemPython } from './examples.ts';
import { lacks } from './machine.ts';
import { collector, listRecordings, pharos, reportOf } from './pharos.ts';
import { run } from './run.ts';
import { scratch } from './scratch.ts';

/** Each way for a job to end: its body, and what the report must say of it. */
const ENDINGS: Record<string, { body: string; outcome: RegExp }> = {
  'it leaves with a status': { body: 'sys.exit(3)', outcome: /3/ },
  'it raises': { body: 'raise RuntimeError("no")', outcome: /1/ },
  'it is killed': { body: 'os.kill(os.getpid(), signal.SIGKILL)', outcome: /SIGKILL/ },
  'it aborts': { body: 'os.abort()', outcome: /SIGABRT/ },
  'it stops at once': { body: 'os._exit(4)', outcome: /4/ },
  'it reads from a bad address': { body: 'import ctypes; ctypes.string_at(0)', outcome: /SIGSEGV/ },
};

describe('a job is reported however it ends', () => {
  test.for(Object.entries(ENDINGS))('%s', ([, { body, outcome }]) => {
    const folder = scratch('ending');
    const script = join(folder, 'job.py');
    writeFileSync(script, `import json, os, signal, sys\nopen("lines", "a").write("one run\\n")\n${body}\n`);
    const { status, stderr } = pharos(['audit', '--', systemPython, script], { cwd: folder });
    expect(status, stderr).toBe(0);
    const report = reportOf(join(folder, 'job.report.json'));
    expect(report.job.outcome).toMatch(outcome);
    expect(report.icicle.map(({ module }) => module)).toContain('json');
    expect(readFileSync(join(folder, 'lines'), 'utf8')).toBe('one run\n');
  });

  test('the scheduler ends it: the report says so', () => {
    const folder = scratch('limit');
    const script = join(folder, 'job.py');
    writeFileSync(script, 'import json, time\ntime.sleep(60)\n');
    const audit = [join(import.meta.dirname, '../../pharos'), 'audit', '--', systemPython, script];
    run(['timeout', '--signal=TERM', '--kill-after=20', '5', ...audit], { cwd: folder });
    const report = reportOf(join(folder, 'job.report.json'));
    expect(report.job.outcome).toMatch(/SIGTERM/);
    expect(report.icicle.map(({ module }) => module)).toContain('json');
  });
});

describe.skipIf(lacks('a cancelled job', ...clusterNeeds))('under Slurm', () => {
  let cluster: ReturnType<typeof startCluster>;
  beforeAll(() => {
    pharos(['--version']); // makes the collector
    cluster = startCluster({ nodes: 1, processors: 2 });
  });
  afterAll(() => cluster?.down());

  test('a job that is cancelled leaves a recording that can be read', () => {
    writeFileSync(join(cluster.shared, 'job.py'), 'import json, time\nprint("started", flush=True)\ntime.sleep(60)\n');
    const step = `srun -n1 ${systemPython} ${collector} -o job.pharos -- ${systemPython} job.py`;
    const watch = 'until grep -q started out; do sleep 0.2; done; sleep 1; scancel --user root; sleep 4';
    cluster.login(['sh', '-c', `sbatch -n1 --output=out --wrap '${step}' && timeout 30 sh -c '${watch}'`]);
    const [recording = ''] = listRecordings(join(cluster.shared, 'job'));
    const folder = scratch('cancelled');
    const { status, stderr } = pharos(['audit', '--out', join(folder, 'job'), recording]);
    expect(status, stderr).toBe(0);
    expect(reportOf(join(folder, 'job.report.json')).icicle.map(({ module }) => module)).toContain('json');
  });
});
