import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { systemPython } from './examples.ts';
import { lacks } from './machine.ts';
import { makeFolder } from './make-folder.ts';
import { ask, type Ran, run } from './run.ts';
import { scratch } from './scratch.ts';
import { changeHeader, packTiny, type TinyImage, writeImage } from './tiny-image.ts';

// What can go wrong on a node while an image is staged there, and what may not happen then.

let tiny: TinyImage;
const own = `pharos-${process.getuid?.() ?? 0}`;

beforeAll(() => {
  tiny = packTiny(makeFolder('faults'));
});
afterAll(() => rmSync(tiny.folder, { recursive: true, force: true }));

/** Starts the tiny job from its image, staged below `destination`. */
function start(
  destination: string,
  image = tiny,
  options: readonly string[] = [],
  env: Record<string, string> = {},
): Ran {
  const command = [image.launch, '--dest', destination, ...options, image.python, 'app.py', 'again'];
  return run(command, { cwd: image.project, env });
}

function expectGreeting({ status, stdout, stderr }: Ran): void {
  expect(stderr).toBe('');
  expect(stdout).toBe('hello world again\n');
  expect(status).toBe(0);
}

function expectRefusal({ status, stdout, stderr }: Ran, because: RegExp): void {
  expect(status).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).toMatch(because);
  const lines = stderr.trim().split('\n');
  expect(lines.every((line) => line.startsWith('pharos: '))).toBe(true);
  expect(lines).toHaveLength(2);
}

/** Stages that are there, whole or not. */
const listStages = (destination: string): string[] =>
  existsSync(join(destination, own))
    ? readdirSync(join(destination, own)).filter((name) => !name.startsWith('.lock.'))
    : [];

/** A file system of its own below a folder, gone with the test. */
function mount(name: string, options: string): string {
  const folder = scratch(name);
  ask(['mount', '-t', 'tmpfs', '-o', options, 'none', folder]);
  onTestFinished(() => {
    run(['umount', '--lazy', folder]);
  });
  return folder;
}

/** A folder of programs that stands before those of the machine. */
function programs(folder: string, scripts: Readonly<Record<string, string>>): Record<string, string> {
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return { PHAROS_TOOL_PATH: `${folder}:/usr/bin:/bin:/usr/sbin` };
}

describe('the destination', () => {
  test('it works, and leaves nothing behind', () => {
    const destination = scratch('stage');
    expectGreeting(start(destination));
    expect(listStages(destination)).toEqual([]);
  });

  test('it is gone', () => {
    expectRefusal(start('/no/such/folder'), /no place for the image: \/no\/such\/folder: it is no folder/);
  });

  describe.skipIf(lacks('destinations of their own file system', 'root'))('on a file system of its own', () => {
    test('it is full', () => {
      expectRefusal(start(mount('full', 'size=64k,mode=777')), /it has \d+ KiB free, and the image takes \d+/);
    });

    test('it fills up while the image is unpacked', () => {
      // As if much had been free when it was asked.
      const env = programs(scratch('stat'), {
        stat: 'if [ "$1" = -f ]; then echo "ext4 99999999 4096"; else exec /usr/bin/stat "$@"; fi',
      });
      const destination = mount('filling', 'size=64k,mode=777');
      expectRefusal(start(destination, tiny, [], env), /cannot be staged to .*cannot be unpacked/);
      expect(listStages(destination)).toEqual([]);
    });

    test('programs may not run there', () => {
      expectRefusal(start(mount('noexec', 'noexec,mode=777')), /noexec/);
    });

    test('it is read-only', () => {
      expectRefusal(start(mount('read-only', 'ro')), /it cannot be written to/);
    });
  });

  test('its own folder is a link to elsewhere', () => {
    const [destination, elsewhere] = [scratch('link'), scratch('elsewhere')];
    symlinkSync(elsewhere, join(destination, own));
    expectRefusal(start(destination), /belongs to somebody else, or is a link/);
    expect(readdirSync(elsewhere)).toEqual([]);
  });

  test('others could look into its own folder', () => {
    const destination = scratch('open');
    mkdirSync(join(destination, own));
    chmodSync(join(destination, own), 0o755);
    expectRefusal(start(destination), /can be looked into or written to by others/);
  });

  test.for(['000', '777'])('umask %s', (mask) => {
    const destination = scratch('umask');
    const command = `umask ${mask}; exec "$@"`;
    const launch = [tiny.launch, '--dest', destination, '--keep', tiny.python, 'app.py', 'again'];
    expectGreeting(run(['sh', '-c', command, 'sh', ...launch], { cwd: tiny.project }));
    expect(lstatSync(join(destination, own)).mode & 0o777).toBe(0o700);
  });

  test('a sign in its name that Python or a search path would misread', () => {
    expectRefusal(start("/tmp/it's"), /would misread/);
  });
});

describe('the image', () => {
  test('a damaged byte is told, and nothing stays', () => {
    const bytes = Buffer.from(readFileSync(tiny.launch));
    bytes.writeUInt8(bytes.readUInt8(70_000) ^ 1, 70_000);
    const destination = scratch('damaged');
    expectRefusal(start(destination, writeImage(tiny, 'damaged.image', bytes)), /damaged|cannot be unpacked/);
    expect(listStages(destination)).toEqual([]);
  });

  test('a truncated image is told, and nothing stays', () => {
    const bytes = readFileSync(tiny.launch);
    const cut = writeImage(tiny, 'cut.image', bytes.subarray(0, bytes.length - 65_536 - 10));
    const destination = scratch('cut');
    expectRefusal(start(destination, cut), /damaged|cannot be unpacked/);
    expect(listStages(destination)).toEqual([]);
  });

  test.for<[string, RegExp, string, RegExp]>([
    ['another architecture', /pharos_architecture='[^']*'/, "pharos_architecture='riscv64'", /made for riscv64/],
    ['a newer glibc', /pharos_glibc='[^']*'/, "pharos_glibc='9.99'", /needs glibc 9\.99, and this node has 2\./],
    ['another Python', /pharos_python_version='[^']*'/, "pharos_python_version='3.99.1'", /for Python 3\.99\.1/],
    [
      'a Python that is not here',
      /pharos_base_python='[^']*'/,
      "pharos_base_python='/opt/none'",
      /\/opt\/none is not on this node/,
    ],
    [
      'a library that is not here',
      /pharos_site='/,
      "pharos_site='/usr/lib/libnone.so.1\n",
      /libnone\.so\.1 is not on this node/,
    ],
  ])('it was made for %s', ([name, pattern, text, because]) => {
    const other = changeHeader(tiny, `${name.replaceAll(' ', '-')}.image`, (header) => header.replace(pattern, text));
    const destination = scratch('machine');
    expectRefusal(start(destination, other), because);
    expect(listStages(destination)).toEqual([]);
  });

  test('an old glibc of three numbers is told from a new one of two', () => {
    const header = (text: string) => text.replace(/pharos_glibc='[^']*'/, "pharos_glibc='2.2.5'");
    const other = changeHeader(tiny, 'old-glibc.image', header);
    expect(start(scratch('old-glibc'), other)).toMatchObject({ status: 0, stderr: '' });
  });

  test('it is hostile: nothing is written outside its folder, and nothing is setuid', () => {
    const outside = scratch('outside');
    const archives = scratch('archive');
    ask([systemPython, '-c', HOSTILE, archives, outside]);
    const layers = ['dependencies', 'user'].map((name) => readFileSync(join(archives, name)));
    const line = (name: string, block: number, layer = Buffer.alloc(0)) =>
      [name, block, layer.length, createHash('sha256').update(layer).digest('hex'), 9].join('\t');
    const second = 1 + (layers[0]?.length ?? 0) / 65_536;
    const lines = `pharos_layers='${line('dependencies', 1, layers[0])}\n${line('user', second, layers[1])}'`;
    const bytes = readFileSync(tiny.launch);
    const header = bytes
      .subarray(0, 65_536)
      .toString('latin1')
      .replace(/pharos_layers='[^']*'/, lines);
    const padded = Buffer.from(header.replace(/\n+$/, '\n').padEnd(65_536, '\n'), 'latin1');
    const hostile = writeImage(tiny, 'hostile.image', Buffer.concat([padded, ...layers]));
    const destination = scratch('hostile');
    run([hostile.launch, '--dest', destination, '--keep', 'true']);
    expect(readdirSync(outside)).toEqual([]);
    expect(existsSync('/tmp/pharos-hostile-absolute')).toBe(false);
    expect(ask(['find', destination, '-perm', '/6000', '-not', '-type', 'l'])).toBe('');
    expect(readdirSync(destination)).toEqual([own]);
  });
});

/** Paths out, links out with files through them, in the same layer and in the next, setuid. */
const HOSTILE = `
import io, sys, tarfile
folder, outside = sys.argv[1:]
def write(layer, entries):
    target = folder + "/" + layer
    with tarfile.open(target, "w", format=tarfile.GNU_FORMAT) as archive:
        for name, kind, link, mode in entries:
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname, entry.mode, entry.size = kind, link, mode, 3 if kind == tarfile.REGTYPE else 0
            archive.addfile(entry, io.BytesIO(b"bad"))
    data = open(target, "rb").read()
    open(target, "ab").write(bytes(-len(data) % 65536))
def put(name, kind=tarfile.REGTYPE, link="", mode=0o644):
    return (name, kind, link, mode)
write("dependencies", [
    put("fine.txt"),
    put("setuid", mode=0o6755),
    put("../../escaped"),
    put("/tmp/pharos-hostile-absolute"),
    put("way", tarfile.SYMTYPE, outside),
    put("way/through"),
    put("hard", tarfile.LNKTYPE, outside + "/../x"),
    put("up", tarfile.SYMTYPE, "../../../../../.." + outside),
    put("up/through"),
])
write("user", [put("way/through"), put("up/through"), put("way", tarfile.SYMTYPE, outside), put("way/later")])
`;

describe('several at once', () => {
  test('two jobs with eight ranks each stage once, and all are right', async () => {
    const [destination, folder] = [scratch('ranks'), scratch('tar')];
    const tar = ask(['sh', '-c', 'command -v tar']).trim();
    const log = join(folder, 'log');
    const env = programs(folder, { tar: `[ "$1" = --version ] || echo "$$" >>${log}\nexec ${tar} "$@"` });
    const ranks = Array.from({ length: 16 }, (_, rank) => ({
      SLURM_PROCID: String(rank % 8),
      SLURM_JOB_ID: '1',
      ...env,
    }));
    const ended = await Promise.all(
      ranks.map((own) => later(['--dest', destination, '--keep', tiny.python, 'app.py', 'again'], own).ended),
    );
    for (const ran of ended) expect(ran).toEqual({ status: 0, stdout: 'hello world again\n' });
    expect(readFileSync(log, 'utf8').trim().split('\n')).toHaveLength(1);
  });

  test.for(['with flock', 'without flock'])('a rank that is killed while it holds the lock, %s', async (lock) => {
    const [destination, folder] = [scratch('killed'), scratch('slow')];
    const without = lock === 'with flock' ? {} : { PHAROS_TOOL_PATH: pathWithout(folder, 'flock') };
    const dd = ask(['sh', '-c', 'command -v dd']).trim();
    const slow = join(folder, 'slow');
    mkdirSync(slow);
    const stuck = programs(slow, { dd: `sleep 30; exec ${dd} "$@"` });
    const holder = later(['--dest', destination, tiny.python, 'app.py'], {
      PHAROS_TOOL_PATH: `${slow}:${without.PHAROS_TOOL_PATH ?? stuck.PHAROS_TOOL_PATH}`,
    });
    await until(() => listStages(destination).some((name) => name.startsWith('.part.')));
    const waiting = later(['--dest', destination, tiny.python, 'app.py', 'again'], without);
    process.kill(-(holder.process.pid ?? 0), 'SIGKILL');
    expect(await waiting.ended).toEqual({ status: 0, stdout: 'hello world again\n' });
    expect(listStages(destination)).toEqual([]);
  });

  test.skipIf(lacks('two users', 'root', 'setpriv'))('two users have a stage each', () => {
    const destination = scratch('users');
    ask(['chmod', '-R', 'a+rX', tiny.folder]);
    expectGreeting(start(destination, tiny, ['--keep']));
    const nobody = ['setpriv', '--reuid', 'nobody', '--regid', 'nogroup', '--clear-groups', '--'];
    const launch = [...nobody, tiny.launch, '--dest', destination, '--keep', tiny.python, 'app.py', 'again'];
    expectGreeting(run(launch, { cwd: tiny.project, env: { HOME: destination } }));
    expect(readdirSync(destination)).toHaveLength(2);
    const squatted = scratch('squatted');
    mkdirSync(join(squatted, own));
    ask(['chown', 'nobody', join(squatted, own)]);
    chmodSync(join(squatted, own), 0o700);
    expectRefusal(start(squatted), /belongs to somebody else/);
  });
});

describe('what is there already', () => {
  const stageName = () =>
    /pharos_digest='(.{16})/.exec(readFileSync(tiny.launch, 'latin1').slice(0, 65_536))?.[1] ?? '';

  test('a half stage is made anew', () => {
    const destination = scratch('half');
    mkdirSync(join(destination, own, stageName(), '.pharos'), { recursive: true });
    chmodSync(join(destination, own), 0o700);
    expectGreeting(start(destination));
  });

  test('a stage of a killed job is swept by the next one, a kept one is not', () => {
    const destination = scratch('left');
    expectGreeting(start(destination, tiny, ['--keep']));
    const left = join(destination, own, '0123456789abcdef/.pharos/users');
    mkdirSync(left, { recursive: true });
    writeFileSync(join(left, '999999999'), '');
    const other = changeHeader(tiny, 'next.image', (header) =>
      header.replace(/pharos_digest='../, "pharos_digest='ee"),
    );
    expectGreeting(start(destination, other));
    expect(listStages(destination)).toEqual([stageName()]);
    expect(run([tiny.launch, '--dest', destination, '--clean']).status).toBe(0);
    expect(listStages(destination)).toEqual([]);
  });

  test('times in the future mislead nobody', () => {
    const destination = scratch('clock');
    const future = packTiny(scratch('future'));
    const then = new Date('2040-01-01T00:00:00Z');
    utimesSync(future.script, then, then);
    expectRefusal(start(destination, future), /app\.py has changed since it was packed/);
    expectGreeting(start(destination, future, ['--no-check']));
  });

  test('user code that has changed is not started', () => {
    const folder = scratch('changed');
    const image = packTiny(folder);
    writeFileSync(join(image.project, 'helper.py'), 'NAME = "universe"\n');
    expectRefusal(start(scratch('changed-stage'), image), /helper\.py has changed since it was packed/);
    const other = { SLURM_PROCID: '3' };
    // One rank a job looks: the others would only ask the server again.
    expectGreeting(start(scratch('changed-stage'), image, [], other));
  });
});

describe('paths', () => {
  test.for(['with a blank', "it's", 'caf\\351', 'line$HOME', '[a]*'])('%s', (name) => {
    const folder = scratch('paths');
    const script = `
set -e
cd "$1"
odd=$(printf '${name.replaceAll("'", "'\\''").replaceAll('%', '%%')}')
mkdir "$odd"
mkdir "$odd/project"
# venv itself refuses names that are not UTF-8; the user's own folder may have one.
place=$odd/env
"$2" -m venv --without-pip "$place" 2>/dev/null || { place=env; "$2" -m venv --without-pip env; }
printf 'import helper\\nprint(helper.NAME)\\n' >"$odd/project/app.py"
printf 'NAME = 7\\n' >"$odd/project/helper.py"
cd "$odd/project"
"$3/pharos" pack --to ../image -- "$1/$place/bin/python" app.py >/dev/null
../image/launch --dest "$1" "$1/$place/bin/python" app.py
`;
    const ran = run(['sh', '-c', script, 'sh', folder, systemPython, join(import.meta.dirname, '../..')]);
    expect(ran.stderr).not.toContain('pharos: ');
    expect(ran).toMatchObject({ status: 0, stdout: '7\n' });
  });
});

describe('the command', () => {
  test('its status, its input and the signal that ends it are its own', () => {
    const destination = scratch('passes');
    const python = (code: string, input = '') =>
      run([tiny.launch, '--dest', destination, tiny.python, '-c', code], { input });
    expect(python('raise SystemExit(41)').status).toBe(41);
    expect(python('print(input())', 'said\n').stdout).toBe('said\n');
    const ended = run([
      'sh',
      '-c',
      '"$@"; echo $?',
      'sh',
      tiny.launch,
      '--dest',
      destination,
      tiny.python,
      '-c',
      'import os; os.kill(os.getpid(), 15)',
    ]);
    expect(ended.stdout).toBe('143\n');
    expect(run([tiny.launch, '--dest', destination, 'no-such-command']).status).toBe(127);
  });
});

interface Later {
  readonly process: ReturnType<typeof spawn>;
  readonly ended: Promise<{ status: number | null; stdout: string }>;
}

/** A process group of its own, so that all of it can be killed as a node is. */
function later(args: readonly string[], env: Record<string, string | undefined>): Later {
  const child = spawn(tiny.launch, args, { cwd: tiny.project, env: { ...process.env, ...env }, detached: true });
  let stdout = '';
  child.stdout.on('data', (part) => {
    stdout += part;
  });
  return {
    process: child,
    ended: new Promise((resolve) => child.on('close', (status) => resolve({ status, stdout }))),
  };
}

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('it never came to hold');
}

/** A folder with the machine's programs but one. */
function pathWithout(folder: string, name: string): string {
  const place = join(folder, 'without');
  mkdirSync(place);
  for (const from of ['/usr/bin', '/bin', '/usr/sbin']) {
    for (const program of readdirSync(from)) {
      if (program !== name && !existsSync(join(place, program))) symlinkSync(join(from, program), join(place, program));
    }
  }
  return place;
}
