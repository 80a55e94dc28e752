import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { memoryHost } from '../../../test/recordings/memory-host.ts';
import { openWheels } from './wheel-host.ts';

const folder = mkdtempSync(join(tmpdir(), 'pharos-wheel-host-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const MAKE = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1], "w") as wheel:
    wheel.writestr("a/b/c.txt", "stored")
    wheel.writestr("a/d.txt", "deflated " * 1000, zipfile.ZIP_DEFLATED)
    wheel.writestr("e.txt", "")
`;

function wheelBytes(): Uint8Array {
  const path = join(folder, 'x.whl');
  writeFileSync(path, '');
  expect(spawnSync('python3', ['-c', MAKE, path]).status).toBe(0);
  return readFileSync(path);
}

const bytes = wheelBytes();
const opened = (content: Uint8Array) => openWheels(memoryHost().file('/w/x.whl', content), ['/w/x.whl']);
const text = (value: Uint8Array) => new TextDecoder().decode(value);

test('what is in a wheel is there as files and folders', async () => {
  const { host, unreadable } = await opened(bytes);
  expect(unreadable).toEqual([]);
  expect(await host.list('/w/x.whl')).toMatchObject({
    value: [
      { name: 'a', type: 'folder' },
      { name: 'e.txt', type: 'file' },
    ],
  });
  expect(await host.list('/w/x.whl/a')).toMatchObject({ value: [{ name: 'b' }, { name: 'd.txt' }] });
  const [c, d, e] = await Promise.all(
    ['a/b/c.txt', 'a/d.txt', 'e.txt'].map((name) => host.read(`/w/x.whl/${name}`, 1e6)),
  );
  expect([c, d, e].map((read) => read?.ok && text(read.value).length)).toEqual([6, 9000, 0]);
  const part = await host.within('/w/x.whl/a/d.txt', (file) => file.read(9, 8));
  expect(part.ok && part.value.ok && text(part.value.value)).toBe('deflated');
  expect(await host.status('/w/x.whl/a')).toMatchObject({ value: { type: 'folder' } });
});

test('what is not there, or is longer than asked for, is told', async () => {
  const { host } = await opened(bytes);
  expect(await host.read('/w/x.whl/a/d.txt', 8999)).toMatchObject({ ok: false });
  expect(await host.read('/w/x.whl/none', 100)).toMatchObject({ ok: false });
  expect(await host.list('/w/x.whl/e.txt')).toMatchObject({ ok: false });
  expect(await host.status('/w/y')).toEqual({ ok: true, value: undefined });
});

test('a damaged wheel gives what is whole, or says that it is damaged', async () => {
  const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
  await fc.assert(
    fc.asyncProperty(
      fc.array(change, { minLength: 1, maxLength: 6 }),
      fc.nat(bytes.length),
      async (changes, length) => {
        const damaged = bytes.slice(0, length % 3 === 0 ? length : bytes.length);
        for (const [at, value] of changes) if (at < damaged.length) damaged[at] = value;
        const { host } = await opened(damaged);
        const read = await host.read('/w/x.whl/a/d.txt', 1e6);
        if (read.ok) expect(text(read.value)).toBe('deflated '.repeat(1000));
      },
    ),
    { numRuns: 300 },
  );
});
