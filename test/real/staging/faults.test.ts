import { createHash } from 'node:crypto';
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { systemPython } from '../examples.ts';
import { lacks } from '../machine.ts';
import { makeFolder } from '../make-folder.ts';
import { ask, run } from '../run.ts';
import { scratch } from '../scratch.ts';
import { changeHeader, packTiny, type TinyImage, writeImage } from './tiny-image.ts';
import { expectGreeting, expectRefusal, listStages, own, programs, startTiny } from './tiny-start.ts';

// What can be wrong with a place or an image, and what may not happen then.

let tiny: TinyImage;
const start = (
  destination: string,
  image = tiny,
  ...rest: [options?: readonly string[], env?: Record<string, string>]
) => startTiny(destination, image, ...rest);

beforeAll(() => {
  tiny = packTiny(makeFolder('faults'));
});
afterAll(() => rmSync(tiny.folder, { recursive: true, force: true }));

/** A file system of its own below a folder, gone with the test. */
function mount(name: string, options: string): string {
  const folder = scratch(name);
  ask(['mount', '-t', 'tmpfs', '-o', options, 'none', folder]);
  onTestFinished(() => {
    run(['umount', '--lazy', folder]);
  });
  return folder;
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
