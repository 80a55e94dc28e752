import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemPython } from './examples.ts';
import { lacks } from './machine.ts';
import { ask, run } from './run.ts';
import { scratch } from './scratch.ts';
import { readRequestLog, serveSlowly, slowfsNeeds } from './slowfs.ts';

const TREE_CHANGES = `
set -e
mkdir folder && echo one > folder/file && mv folder moved && echo two >> moved/file
ln moved/file moved/second && ln -s file moved/link && cat moved/link > moved/copy
rm moved/file && cat moved/second moved/copy && ! cat moved/link 2>/dev/null
python3 -c 'import os; f = open("gone", "w+"); os.unlink("gone"); f.write("abc"); f.flush(); os.ftruncate(f.fileno(), 2)
assert os.fstat(f.fileno()).st_size == 2'
chmod 600 moved/copy && touch -d @1000 moved/copy && stat -c '%a %Y' moved/copy
rm -r moved && ls -A
`;

describe.skipIf(lacks('slowfs', ...slowfsNeeds))('slowfs', () => {
  function serve(options: readonly string[] = []) {
    const folder = scratch('served');
    const served = serveSlowly(folder, options);
    onTestFinished(served.stop);
    return { folder, ...served };
  }

  test('changes files as the file system below would', () => {
    const { mount } = serve();
    expect(ask(['sh', '-c', TREE_CHANGES], { cwd: mount })).toBe(
      ask(['sh', '-c', TREE_CHANGES], { cwd: scratch('bare') }),
    );
  });

  test('what one mount makes, another user owns and the folder below holds', () => {
    const { mount, folder } = serve();
    ask([
      'setpriv',
      '--reuid',
      'nobody',
      '--regid',
      'nogroup',
      '--clear-groups',
      'sh',
      '-c',
      `echo hers > ${mount}/file`,
    ]);
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('hers\n');
    expect(ask(['stat', '-c', '%U', join(folder, 'file')])).toBe('nobody\n');
  });

  test('counts what a cold client asks, and what it already knows not again', () => {
    const { mount, folder, control, remount, log } = serve();
    mkdirSync(join(folder, 'sub'));
    writeFileSync(join(folder, 'sub/file'), 'x'.repeat(100));
    remount();
    ask(['cat', `${mount}/sub/file`]);
    ask(['cat', `${mount}/sub/file`]);
    run(['cat', `${mount}/sub/absent`]);
    const { requests, bytesRead } = control().total;
    expect(requests).toMatchObject({ lookup: 2, miss: 1, open: 2, flush: 2 });
    expect(bytesRead).toBe(200);
    expect(control().clients.one?.requests).toEqual(requests);
    const missed = readRequestLog(log).filter(({ kind }) => kind === 'miss');
    expect(missed).toMatchObject([{ client: 'one', path: '/sub/absent', error: 2 }]);
  });

  test('with revalidation an open asks for attributes, and pages stay while the file does', () => {
    const { mount, folder, control, remount } = serve(['revalidate']);
    writeFileSync(join(folder, 'file'), 'x'.repeat(100));
    remount();
    ask(['cat', `${mount}/file`]);
    ask(['cat', `${mount}/file`]);
    expect(control().total).toMatchObject({ bytesRead: 100, requests: { open: 2 } });
    expect(control().total.requests.getattr).toBeGreaterThanOrEqual(2);
  });

  test('requests queue at the server: one place takes one after the other', () => {
    const { mount, control, remount } = serve();
    control('metadata_slots=1', 'lookup=20000', 'round_trip=0');
    remount();
    const began = performance.now();
    // 10 misses of 20 ms each, asked by ten processes at once
    ask(['sh', '-c', `for i in 0 1 2 3 4 5 6 7 8 9; do stat ${mount}/absent-$i & done 2>/dev/null; wait`]);
    expect(control().total.requests.miss).toBe(10);
    expect((performance.now() - began) / 1000).toBeGreaterThan(0.2);
  });

  /** Seconds until all of twenty processes, each of which asks for so many names that are not there, are done. */
  function secondsOfMisses(mount: string, each: number): number {
    const script = `import os, sys
for process in range(20):
    if os.fork() == 0:
        for number in range(${each}):
            os.path.exists("%s/absent-%d-%d" % (sys.argv[1], process, number))
        os._exit(0)
for process in range(20):
    os.wait()`;
    const began = performance.now();
    ask([systemPython, '-I', '-S', '-c', script, mount]);
    return (performance.now() - began) / 1000;
  }

  test.for([
    { burst: 0, least: 1.6, most: 2.6 },
    { burst: 20_000, least: 1.3, most: 3.2 },
  ])('others who use half of the server leave half of it, in bursts of $burst µs', ({ burst, least, most }) => {
    const { mount, control, remount } = serve();
    control('metadata_slots=2', 'lookup=5000', 'round_trip=0', 'other_metadata_percent=50', `other_burst=${burst}`);
    remount();
    // 400 × 5 ms on two places: one second when nobody else is there
    const seconds = secondsOfMisses(mount, 20);
    expect(control().total.requests.miss).toBe(400);
    expect(seconds).toBeGreaterThan(least);
    expect(seconds).toBeLessThan(most);
  });

  test('others leave nothing behind when they go', () => {
    const { mount, control, remount } = serve();
    control('metadata_slots=1', 'lookup=5000', 'round_trip=0', 'other_metadata_percent=90');
    secondsOfMisses(mount, 1);
    control('other_metadata_percent=0', 'enabled=0');
    remount();
    expect(secondsOfMisses(mount, 1)).toBeLessThan(1);
  });

  test('a node has no more requests under way than its limit, and as many as it likes without', () => {
    const dials = ['metadata_slots=50', 'lookup=40000', 'round_trip=0'];
    const limited = serve(['requests_in_flight=2']);
    limited.control(...dials);
    expect(secondsOfMisses(limited.mount, 1)).toBeGreaterThan(0.4);
    const free = serve();
    free.control(...dials);
    expect(secondsOfMisses(free.mount, 1)).toBeLessThan(0.4);
  });

  test('a missing name is asked once where it is remembered', () => {
    const { mount, control, remount } = serve(['negative_timeout=3600']);
    remount();
    for (let again = 0; again < 3; again += 1) run(['cat', `${mount}/absent`]);
    expect(control().total.requests.miss).toBe(1);
  });

  test('service times that are drawn have the mean that was set', () => {
    const { mount, control, remount } = serve();
    control('metadata_slots=1', 'lookup=3000', 'round_trip=0', 'exponential=1');
    remount();
    const seconds = secondsOfMisses(mount, 15);
    expect(seconds).toBeGreaterThan(0.7);
    expect(seconds).toBeLessThan(1.4);
  });

  test('what changes files queues at the same places, and a close where it is set', () => {
    const { mount, control, remount } = serve();
    remount();
    const slow = ['create', 'mkdir', 'unlink', 'rename', 'close'].map((kind) => `${kind}=20000`);
    control('metadata_slots=1', 'data_slots=1', 'round_trip=0', 'write=20000', ...slow);
    const change = 'import os; os.mkdir("a"); open("a/f", "w").write("x"); os.rename("a/f", "g"); os.unlink("g")';
    ask([systemPython, '-I', '-S', '-c', change], { cwd: mount });
    const { requests, waitedSeconds } = control().total;
    for (const kind of ['create', 'mkdir', 'unlink', 'rename', 'write', 'close']) {
      expect(requests[kind], kind).toBeGreaterThan(0);
      expect(waitedSeconds[kind], kind).toBeGreaterThanOrEqual(0.02 * (requests[kind] ?? 0) - 1e-6);
    }
  });

  test.for(['read=-2', 'metadata_slots=0', 'nonsense=1', 'other_data_percent=96', 'read=1x', 'read'])(
    'refuses the dial %s',
    (word) => {
      const { control } = serve();
      expect(() => control(word)).toThrow(/not a dial/);
    },
  );
});
