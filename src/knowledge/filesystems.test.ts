import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { profileJsonSchema, readProfile } from '#schema';
import { filesystemProfiles, findFilesystemProfile, profileForMount } from './filesystems.ts';

const folder = join(import.meta.dirname, '../../knowledge/filesystems');
const files = readdirSync(folder).filter((file) => file.endsWith('.json') && file !== 'profile.schema.json');

describe.for(files)('%s', (file) => {
  test('is a profile, named like its file', () => {
    expect(readProfile(readFileSync(join(folder, file), 'utf8'))).toMatchObject({
      ok: true,
      value: { id: file.replace('.json', '') },
    });
  });
});

test('each file is in the list', () => {
  expect(filesystemProfiles.map(({ id }) => `${id}.json`).sort()).toEqual(files.sort());
});

test('what is assumed says why', () => {
  const assumed =
    JSON.stringify(filesystemProfiles).match(/"source":"[^"]*","date":"[^"]*","confidence":"assumed"/g) ?? [];
  expect(assumed.length).toBeGreaterThan(0);
  for (const text of assumed) expect(text).not.toContain('"source":""');
});

test('a mount finds its profile by type before class, and an unknown one finds none', () => {
  expect(profileForMount({ type: 'nfs4', class: 'nfs' })?.id).toBe('nfs4');
  expect(profileForMount({ type: 'nfs', class: 'nfs' })?.id).toBe('nfs');
  expect(profileForMount({ type: 'lustre', class: 'lustre' })?.id).toBe('lustre');
  expect(profileForMount({ type: 'fuse.slowfs', class: 'fuse' })?.id).toBe('slowfs');
  expect(profileForMount({ type: 'fuse.sshfs', class: 'fuse' })).toBeUndefined();
  expect(profileForMount({ type: 'mystery', class: 'unknown' })).toBeUndefined();
  expect(findFilesystemProfile('nothing')).toBeUndefined();
});

test('the JSON Schema beside the profiles is up to date', async () => {
  await expect(`${JSON.stringify(profileJsonSchema(), null, 2)}\n`).toMatchFileSnapshot(
    join(folder, 'profile.schema.json'),
  );
});
