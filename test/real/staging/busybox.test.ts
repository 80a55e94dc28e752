import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lacks } from '../machine.ts';
import { makeFolder } from '../make-folder.ts';
import { pharos } from '../pharos.ts';
import { ask, type Ran, run } from '../run.ts';
import { scratch } from '../scratch.ts';
import { packTiny, type TinyImage, writeImage } from './tiny-image.ts';
import { expectGreeting, expectRefusal, listStages, own } from './tiny-start.ts';

// A node whose shell and tools are all busybox: the image is staged and started by them.

describe.skipIf(lacks('a node of busybox', 'busybox'))('by busybox alone', () => {
  let tiny: TinyImage;
  let tools: string;
  beforeAll(() => {
    const folder = makeFolder('busybox');
    tiny = packTiny(folder);
    tools = join(folder, 'tools');
    mkdirSync(tools);
    const busybox = ask(['sh', '-c', 'command -v busybox']).trim();
    for (const name of ask([busybox, '--list']).trim().split('\n')) symlinkSync(busybox, join(tools, name));
  });
  afterAll(() => rmSync(tiny.folder, { recursive: true, force: true }));

  const launch = (destination: string, args: readonly string[], image = tiny): Ran =>
    run([join(tools, 'sh'), image.launch, '--dest', destination, ...args], {
      cwd: image.project,
      env: { PATH: tools, PHAROS_TOOL_PATH: tools },
    });
  const start = (destination: string, options: readonly string[] = [], image = tiny) =>
    launch(destination, [...options, image.python, 'app.py', 'again'], image);

  test('it starts, and leaves nothing behind', () => {
    const destination = scratch('start');
    expectGreeting(start(destination));
    expect(readdirSync(join(destination, own))).toEqual([]);
  });

  test('on all nodes, kept, and taken away', () => {
    const destination = scratch('kept');
    expect(launch(destination, ['--stage'])).toMatchObject({
      status: 0,
      stderr: 'pharos: the image is on 1 node, by archive-per-node\n',
    });
    expectGreeting(start(destination));
    expect(listStages(destination)).toHaveLength(1);
    expect(launch(destination, ['--clean'])).toMatchObject({ status: 0, stderr: '' });
    expect(readdirSync(join(destination, own))).toEqual([]);
  });

  test('after an edit, the layers that are there are taken over', () => {
    const destination = scratch('edited');
    const edited = packTiny(scratch('another'));
    expectGreeting(start(destination, ['--keep'], edited));
    const before = listStages(destination);
    writeFileSync(edited.script, readFileSync(edited.script, 'utf8').replace('print(', 'print("then", '));
    const packed = pharos(['pack', '--to', edited.image, '--', edited.python, 'app.py'], { cwd: edited.project });
    expect(packed.status, packed.stderr).toBe(0);
    expect(start(destination, ['--keep'], edited)).toEqual({
      status: 0,
      stdout: 'then hello world again\n',
      stderr: '',
    });
    expect(listStages(destination)).toHaveLength(1);
    expect(listStages(destination)).not.toEqual(before);
  });

  test('a damaged image is told, and nothing stays', () => {
    const destination = scratch('damaged');
    const bytes = Buffer.from(readFileSync(tiny.launch));
    bytes.writeUInt8(bytes.readUInt8(70_000) ^ 1, 70_000);
    expectRefusal(start(destination, [], writeImage(tiny, 'damaged.image', bytes)), /damaged|cannot be unpacked/);
    expect(readdirSync(join(destination, own))).toEqual([]);
  });
});
