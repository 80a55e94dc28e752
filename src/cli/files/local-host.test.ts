import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localHost } from './local-host.ts';

const folder = mkdtempSync(join(tmpdir(), 'pharos-host-'));
const at = (name: string) => join(folder, name);
/** `odd`, a byte that is not UTF-8, a blank and an umlaut; and the same as path text. */
const ODD = Buffer.from([0x6f, 0x64, 0x64, 0xff, 0x20, 0xc3, 0xa4]);
const ODD_TEXT = 'odd\udcff ä';

beforeAll(() => {
  mkdirSync(at('folder'));
  writeFileSync(at('file'), 'content');
  chmodSync(at('file'), 0o4751);
  utimesSync(at('file'), 1000, 1234.5);
  writeFileSync(Buffer.concat([Buffer.from(`${folder}/folder/`), ODD]), 'odd');
  symlinkSync(ODD, at('folder/link'));
  symlinkSync('nowhere', at('dangling'));
  symlinkSync('loop', at('loop'));
  execFileSync('mkfifo', [at('pipe')]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const value = <T>(result: { readonly ok: boolean; readonly value?: T }) => result.value;

test('a status is of the thing itself, with all that is asked of it', async () => {
  expect(value(await localHost.status(at('file')))).toMatchObject({
    ...{ type: 'file', mode: 0o4751, bytes: 7, modified: 1234.5 },
  });
  expect(value(await localHost.status(at('folder/link')))).toMatchObject({ type: 'link' });
  expect(value(await localHost.status(at('pipe')))).toMatchObject({ type: 'other' });
});

test('what is not there has no status, whatever stands above it', async () => {
  for (const name of ['none', 'none/below', 'file/below', 'loop/below']) {
    expect(await localHost.status(at(name)), name).toEqual({ ok: true, value: undefined });
  }
});

test('names that are not UTF-8 go through without loss', async () => {
  const listed = value(await localHost.list(at('folder'))) ?? [];
  expect(listed.toSorted((a, b) => (a.name < b.name ? -1 : 1))).toEqual([
    { name: 'link', type: 'link' },
    { name: ODD_TEXT, type: 'file' },
  ]);
  const odd = `${at('folder')}/${ODD_TEXT}`;
  expect(value(await localHost.readLink(at('folder/link')))).toBe(ODD_TEXT);
  expect(value(await localHost.realPath(at('folder/link')))).toBe(value(await localHost.realPath(odd)));
  expect(Buffer.from(value(await localHost.read(odd, 10)) ?? []).toString()).toBe('odd');
});

test('a link that leads nowhere has no real path', async () => {
  for (const name of ['dangling', 'loop']) {
    expect(await localHost.realPath(at(name)), name).toEqual({ ok: true, value: undefined });
  }
});

test('only a file is read, and no longer one than was asked for; a pipe is not waited for', async () => {
  for (const [name, most, why] of [
    ['file', 6, /longer than 6 bytes/],
    ['folder', 10, /not a regular file/],
    ['pipe', 10, /not a regular file/],
    ['none', 10, /none: /],
    ['file/below', 10, /below: /],
  ] as const) {
    const read = await localHost.read(at(name), most);
    expect(read, name).toMatchObject({ failure: { code: 'host/cannot-read', message: expect.stringMatching(why) } });
  }
  expect(await localHost.list(at('file'))).toMatchObject({ failure: { code: 'host/cannot-read' } });
});
