import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { lacks } from './machine.ts';
import { ask, root, run } from './run.ts';
import { scratch } from './scratch.ts';
import { readRequestLog, serveSlowly, slowfsNeeds } from './slowfs.ts';

const DIALS = ['metadata_slots=4', 'flush=100', 'close=100'];
const collector = join(root, 'dist/pharos-collect.pyz');

/** As `python3`, without what a shim of it would add. */
const python = ask(['python3', '-c', 'import sys; print(sys.executable)']).trim();

describe.skipIf(lacks('calibrate behind slowfs', ...slowfsNeeds))('calibrate on a shared server', () => {
  function serve() {
    const folder = scratch('served');
    const served = serveSlowly(folder);
    onTestFinished(served.stop);
    served.control(...DIALS);
    return { folder, ...served };
  }
  const calibrate = (mount: string, output: string) => [python, collector, 'calibrate', '-o', output, mount];

  test('asks at most fifty times a second and thirty seconds long, and leaves nothing', { timeout: 120_000 }, () => {
    const { folder, mount, log, remount } = serve();
    remount();
    const output = join(scratch('calibration'), 'mount.calibration.json');
    const began = Date.now();
    // A look at the log now and then says how fast it grows.
    const counts = `
"$@" & measured=$!
while kill -0 $measured 2>/dev/null; do wc -l < '${log}' 2>/dev/null; sleep 1; done
wait $measured`;
    const grown = ask(['bash', '-c', counts, 'bash', ...calibrate(mount, output)], { seconds: 100 });
    const seconds = (Date.now() - began) / 1000;
    const totals = grown.trim().split('\n').map(Number);
    const most = Math.max(...totals.slice(1).map((total, index) => total - (totals[index] ?? 0)));

    const asked = readRequestLog(log).length;
    expect(asked).toBeGreaterThan(500);
    expect(asked).toBeLessThanOrEqual(1500);
    expect(seconds).toBeLessThan(32);
    // `sleep 1` takes a little longer than a second.
    expect(most).toBeLessThanOrEqual(60);
    expect(readdirSync(folder)).toEqual([]);
    expect(JSON.parse(readFileSync(output, 'utf8')).phases[0].throttle).toBeLessThanOrEqual(50);
  });

  test('says so when the mount vanishes meanwhile, and writes nothing', { timeout: 120_000 }, () => {
    const { mount } = serve();
    const above = scratch('calibration');
    const vanish = `
"$@" & measured=$!
sleep 4
umount -f '${mount}' 2>/dev/null
wait $measured`;
    const { status, stderr } = run(
      ['bash', '-c', vanish, 'bash', ...calibrate(mount, join(above, 'mount.calibration.json'))],
      { seconds: 100 },
    );
    expect(stderr).toMatch(/^error: .*\nhint: /m);
    expect(status).toBe(2);
    expect(readdirSync(above)).toEqual([]);
  });
});
