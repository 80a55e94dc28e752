import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
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

  test.for(['read=-2', 'metadata_slots=0', 'nonsense=1', 'read=1x', 'read'])('refuses the dial %s', (word) => {
    const { control } = serve();
    expect(() => control(word)).toThrow(/not a dial/);
  });
});
