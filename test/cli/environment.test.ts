import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, globSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
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

/** Writes a wheel with this extension module; its WHEEL says what `tag` does. */
function writeWheel(path: string, tag: string, members: Readonly<Record<string, string | Uint8Array>>): void {
  const folder = scratchFolder('wheel');
  const all = {
    ...members,
    'tide-1.2.dist-info/METADATA': METADATA,
    'tide-1.2.dist-info/WHEEL': `Wheel-Version: 1.0\nTag: ${tag}\n`,
    'tide-1.2.dist-info/RECORD': `${Object.keys(members).join(',,\n')},,\n`,
  };
  for (const [name, content] of Object.entries(all)) {
    mkdirSync(join(folder, name, '..'), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  const made = spawnSync('python3', ['-m', 'zipfile', '-c', path, 'tide', 'tide-1.2.dist-info'], { cwd: folder });
  expect(made.status).toBe(0);
}

describe('env with a site', () => {
  const partition = { machine: 'x86_64', glibc: '2.28', mounts: [{ point: '/', class: 'local' }] };
  const login = { ...partition, mounts: [{ point: '/', class: 'local' }] };

  function writeSite(content: unknown): string {
    const file = join(scratchFolder('site'), 'site.json');
    writeFileSync(file, JSON.stringify(content));
    return file;
  }

  test('asks whether its partitions can run it', () => {
    const partitions = { batch: partition, grace: { ...partition, machine: 'aarch64' } };
    const site = writeSite({ kind: 'pharos-site', version: 1, name: 'trial', partitions, login });
    const { status, stdout } = pharos(['env', environment(python3), '--site', site, '--fail-on', 'error']);
    expect(status).toBe(1);
    const text = stdout.replaceAll(/\s+/g, ' ');
    expect(text).toContain(
      'ERROR unfit-partition the environment is for x86_64, and nodes of partition grace are aarch64',
    );
    expect(text).toMatch(/PASSED .*unmounted-environment/);
  });

  test.for([
    ['of another version', { kind: 'pharos-site', version: 7, name: 'trial', partitions: {} }, 'version 7'],
    ['that is something else', { kind: 'pharos-environment' }, 'not a site file'],
  ] as const)('file %s', ([, content, message]) => {
    const { status, stdout, stderr } = pharos(['env', environment(python3), '--site', writeSite(content)]);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toContain(message);
    expect(stderr).toContain('hint: ');
  });
});

describe('env of wheels', () => {
  const cwd = scratchFolder('wheels');
  const TAG = 'cp312-cp312-manylinux_2_28_x86_64';
  const core = draftElf({ needed: ['libc.so.6'], versions: ['GLIBC_2.28'] });
  const members = { 'tide/__init__.py': '', 'tide/_core.cpython-312-x86_64-linux-gnu.so': core };
  writeWheel(join(cwd, `tide-1.2-${TAG}.whl`), TAG, members);
  writeWheel(join(cwd, 'tide-1.2-cp312-cp312-manylinux1_x86_64.whl'), TAG, members);
  writeWheel(join(cwd, `tide-1.3-${TAG}.whl`), TAG, members);
  writeFileSync(join(cwd, 'torn-1.0-py3-none-any.whl'), 'PK no more');
  writeFileSync(join(cwd, 'half.whl'), core);
  const env = (...words: readonly string[]) => pharos(['env', ...words], { cwd });

  test('a sound one is told without being unpacked, and found sound', () => {
    const { status, stdout } = env(`tide-1.2-${TAG}.whl`, '--fail-on', 'note');
    expect({ status, files: readdirSync(cwd).length }).toEqual({ status: 0, files: 5 });
    expect(stdout).toContain('Wheels: 1 distribution, 1 library and extension module');
    expect(stdout).toContain('Nothing was found wrong.');
    expect(stdout).toMatch(/Tide +1\.2 +1 /);
  });

  test('one that was renamed promises what its libraries do not keep', () => {
    const { status, stdout } = env('tide-1.2-cp312-cp312-manylinux1_x86_64.whl', '--fail-on', 'warning');
    expect(status).toBe(1);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('promises to run with glibc 2.5, and its libraries need 2.28');
    expect(stdout).toContain('NOTE misnamed-wheel');
  });

  test('one of another version is told among several, and one that is damaged beside them', () => {
    const { status, stdout } = env(...readdirSync(cwd).sort(), '--fail-on', 'warning');
    expect(status).toBe(1);
    expect(stdout).toContain(`tide-1.3-${TAG}.whl holds Tide 1.2`);
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain('torn-1.0-py3-none-any.whl: it is no ZIP archive');
  });

  test.for([
    [['torn-1.0-py3-none-any.whl'], 'it is no ZIP archive'],
    [['none-1.0-py3-none-any.whl'], 'no such file'],
    [[`tide-1.2-${TAG}.whl`, '.'], 'not all are wheels'],
  ] as const)('%s: a clear error', ([words, said]) => {
    const { status, stdout, stderr } = env(...words);
    expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
    expect(stderr).toMatch(/^error: .*\nhint: .*\n$/);
    expect(stderr).toContain(said);
  });
});

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

describe('env --import', () => {
  const place = scratchFolder('venv');
  spawnSync('python3', ['-m', 'venv', '--without-pip', place]);
  const [site = ''] = globSync(join(place, 'lib/python3.*/site-packages'));
  const modules = {
    'fine.py': 'import os\n',
    'faulty.py': "raise ImportError('no licence')\n",
    'fatal.py': "import ctypes, sys\nsys.stderr.write('going down')\nctypes.string_at(0)\n",
    'slow.py': 'import subprocess, time\nsubprocess.Popen(["sleep", "600"])\ntime.sleep(600)\n',
    'loud.py': "print('a lot')\n",
    'lasting.py': 'import subprocess\nsubprocess.Popen(["sleep", "61.25"], start_new_session=True)\n',
  };
  for (const [name, text] of Object.entries(modules)) writeFileSync(join(site, name), text);

  const tryImport = (names: string, ...more: readonly string[]) => {
    const { status, stdout, stderr } = pharos(['env', place, '--import', names, '--json', ...more]);
    const report: unknown = status === 2 ? undefined : JSON.parse(stdout);
    return { status, stderr, report };
  };

  test('what was imported, and how long it took', () => {
    const { report } = tryImport('fine, loud');
    const seconds: unknown = expect.any(Number);
    expect(report).toMatchObject({
      trial: {
        modules: [
          { name: 'fine', seconds },
          { name: 'loud', seconds },
        ],
        differing: [],
      },
    });
    expect(readdirSync(site)).not.toContain('__pycache__');
  });

  test('what a module leaves running in a session of its own does not hold it up', () => {
    const began = Date.now();
    expect(tryImport('lasting').report).toMatchObject({ trial: { modules: [{ name: 'lasting' }] } });
    expect(Date.now() - began).toBeLessThan(30_000);
    spawnSync('pkill', ['-f', '^sleep 61.25$']);
  });

  test('an error is found wrong; those after it are imported still', () => {
    const { stdout, status } = pharos(['env', place, '--import', 'faulty', '--import', 'fine', '--fail-on', 'error']);
    expect(stdout).toContain('import faulty fails: ImportError: no licence');
    expect(stdout).toMatch(/faulty +failed: ImportError\n {2}fine +\d/);
    expect(status).toBe(1);
  });

  test('a module that ends the process', () => {
    expect(tryImport('fine,fatal,loud').report).toMatchObject({
      trial: {
        modules: [{ name: 'fine' }, { name: 'fatal' }, { name: 'loud' }],
        ended: { how: 'signal SIGSEGV', during: 'fatal', said: 'going down' },
      },
    });
  });

  test('a module that waits for ever is stopped, with what it started', () => {
    expect(tryImport('slow', '--seconds', '1').report).toMatchObject({
      trial: { ended: { how: 'it was stopped after 1 second', during: 'slow' } },
    });
  });

  test.for([
    ['no name', 'os;print(1)', '"os;print(1)" is not the name of a module'],
    ['nothing', '', '"" is not the name of a module'],
  ] as const)('%s: a clear error', ([, name, message]) => {
    expect(tryImport(name)).toMatchObject({ status: 2, stderr: expect.stringContaining(message) as string });
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
