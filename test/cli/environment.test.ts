import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { draftElf } from '../recordings/elf-draft.ts';
import { pharos } from './run.ts';
import { scratchFolder } from './samples.ts';

const METADATA = 'Metadata-Version: 2.1\nName: Tide\nVersion: 1.2\n';

/** An environment with one distribution, of which an extension module needs a library that is not there. */
function environment(python: string): string {
  const place = scratchFolder('environment');
  const site = join(place, 'lib/python3.11/site-packages');
  for (const folder of [
    'bin',
    'lib/python3.11/site-packages/tide-1.2.dist-info',
    'lib/python3.11/site-packages/tide',
  ]) {
    mkdirSync(join(place, folder), { recursive: true });
  }
  writeFileSync(join(place, 'pyvenv.cfg'), 'home = /usr/bin\nversion = 3.11.2\n');
  symlinkSync(python, join(place, 'bin/python'));
  writeFileSync(join(site, 'tide-1.2.dist-info/METADATA'), METADATA);
  writeFileSync(join(site, 'tide-1.2.dist-info/RECORD'), 'tide/_core.abi3.so,,\n');
  writeFileSync(join(site, 'tide/_core.abi3.so'), draftElf({ needed: ['libmoon-of-nobody.so.2', 'libc.so.6'] }));
  return place;
}

const TELL = 'import os, sys; print(os.path.realpath(sys.executable))';
const python3 = spawnSync('python3', ['-c', TELL], { encoding: 'utf8' }).stdout.trim();

describe('env and why', () => {
  const place = environment(python3);

  test('what is in an environment, and what it lacks', () => {
    const { status, stdout } = pharos(['env', place, '--fail-on', 'warning']);
    expect(stdout).toContain('A virtual environment of Python 3.11.2: 1 distribution,');
    expect(stdout).toMatch(/WARNING missing-library\n {2}libmoon-of-nobody\.so\.2 is nowhere to be found/);
    expect(status).toBe(1);
  });

  test('an audit can be allowed, with its reason; the whole inventory is JSON', () => {
    const { status, stdout } = pharos([
      'env',
      place,
      '--json',
      '--fail-on',
      'warning',
      '--allow',
      'missing-library: not used',
    ]);
    expect(JSON.parse(stdout)).toMatchObject({ environment: { distributions: [{ name: 'Tide', version: '1.2' }] } });
    expect(status).toBe(0);
  });

  test('why a library is not found: every place that was looked at', () => {
    const { status, stdout } = pharos(['why', place, 'libmoon-of-nobody.so.2']);
    expect(stdout).toContain('libmoon-of-nobody.so.2: not found');
    expect(stdout).toContain('needed by 1 file of Tide');
    expect(stdout).toMatch(/ld\.so\.cache, libmoon-of-nobody\.so\.2: not there/);
    expect(status).toBe(0);
  });

  test('a name that nothing needs, and a place that is none', () => {
    expect(pharos(['why', place, 'libsun.so']).stderr).toMatch(/^error: nothing in the environment needs libsun\.so/);
    expect(pharos(['env', '/etc/hostname']).stderr).toMatch(/^error: \/etc\/hostname is neither an environment/);
  });
});

const folder = scratchFolder('loader');
const hostile = environment(join(folder, 'python'));

test('what an environment calls its loader is not run', () => {
  const [loader, python, ran] = ['ld-linux-x86-64.so.2', 'python', 'ran'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(loader, `#!/bin/sh\ntouch '${ran}'\n`);
  writeFileSync(python, draftElf({ interpreter: loader, needed: ['libc.so.6'] }));
  for (const file of [loader, python]) chmodSync(file, 0o755);
  const { stdout, status } = pharos(['env', hostile]);
  expect(stdout.replace(/\s+/g, ' ')).toContain('is no loader of this system, and is not asked how it searches');
  expect(status).toBe(0);
  expect(existsSync(ran)).toBe(false);
});
