import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemPython } from '../examples.ts';
import { pharos } from '../pharos.ts';
import { ask } from '../run.ts';

const FILES = {
  'env/lib/python3/site-packages/tiny/__init__.py': 'from tiny.words import GREETING\n',
  'env/lib/python3/site-packages/tiny/words.py':
    'import pathlib\nGREETING = (pathlib.Path(__file__).parent / "greeting.txt").read_text().strip()\n',
  'env/lib/python3/site-packages/tiny/greeting.txt': 'hello\n',
  'env/lib/python3/site-packages/tiny/unused.py': 'VALUE = 1\n',
  'project/helper.py': 'NAME = "world"\n',
  'project/app.py': `import sys
import helper
import tiny
print(tiny.GREETING, helper.NAME, *sys.argv[1:])
`,
} as const;

export interface TinyImage {
  readonly folder: string;
  readonly image: string;
  readonly launch: string;
  readonly python: string;
  readonly project: string;
  readonly script: string;
}

/** A small environment on the system's Python, a script of its own, and the image that pharos pack makes of them. */
export function packTiny(folder: string): TinyImage {
  const python = join(folder, 'env/bin/python');
  ask([systemPython, '-m', 'venv', '--without-pip', join(folder, 'env')]);
  const site = ask([python, '-c', 'import sysconfig; print(sysconfig.get_path("purelib"), end="")']);
  for (const [name, text] of Object.entries(FILES)) {
    const path = join(folder, name).replace(join(folder, 'env/lib/python3/site-packages'), site);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  const [project, image] = [join(folder, 'project'), join(folder, 'tiny.image')];
  const packed = pharos(['pack', '--to', image, '--', python, 'app.py'], { cwd: project });
  if (packed.status !== 0) throw new Error(packed.stderr);
  return { folder, image, launch: join(image, 'launch'), python, project, script: join(project, 'app.py') };
}

const BLOCK = 65_536;

/** An image beside another, with something else in the header of its `launch`; the layers stay where they are. */
export function changeHeader(from: TinyImage, name: string, change: (header: string) => string): TinyImage {
  const bytes = readFileSync(from.launch);
  const header = change(bytes.subarray(0, BLOCK).toString('latin1').replace(/\n+$/, '\n'));
  if (header.length > BLOCK) throw new Error('the header has become too long');
  return writeImage(
    from,
    name,
    Buffer.concat([Buffer.from(header.padEnd(BLOCK, '\n'), 'latin1'), bytes.subarray(BLOCK)]),
  );
}

/** An image beside another, whose `launch` is these bytes. */
export function writeImage(from: TinyImage, name: string, launch: Uint8Array): TinyImage {
  const image = join(from.folder, name);
  mkdirSync(image, { recursive: true });
  writeFileSync(join(image, 'launch'), launch);
  chmodSync(join(image, 'launch'), 0o755);
  return { ...from, image, launch: join(image, 'launch') };
}
