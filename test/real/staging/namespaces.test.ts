import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lacks } from '../machine.ts';
import { makeFolder } from '../make-folder.ts';
import { ask } from '../run.ts';
import { scratch } from '../scratch.ts';
import { changeHeader, packTiny, type TinyImage } from './tiny-image.ts';
import { expectGreeting, listStages, own, programs, startTiny } from './tiny-start.ts';

// Containers can share the folder of the stages, and number their processes on their own.

const WAITS = `import os, sys, time
mark, until = sys.argv[1:]
open(mark, "w").close()
while not os.path.exists(until): time.sleep(0.02)
import tiny
print(tiny.GREETING)`;

describe.skipIf(lacks('stages that containers share', 'process namespaces'))('processes of another namespace', () => {
  let tiny: TinyImage;
  beforeAll(() => {
    tiny = packTiny(makeFolder('namespaces'));
  });
  afterAll(() => rmSync(tiny.folder, { recursive: true, force: true }));

  /** Starts a job in a container that waits until it is let go. */
  async function contained(destination: string) {
    const folder = scratch('contained');
    const [here, go] = [join(folder, 'here'), join(folder, 'go')];
    const ended = inContainer([tiny.launch, '--dest', destination, tiny.python, '-c', WAITS, here, go]).ended;
    await until(() => existsSync(here));
    return {
      end: () => {
        writeFileSync(go, '');
        return ended;
      },
    };
  }

  function inContainer(command: readonly string[], env: Record<string, string> = {}) {
    const unshare = ['--pid', '--fork', '--mount-proc', '--kill-child', ...command];
    const child = spawn('unshare', unshare, { cwd: tiny.project, env: { ...process.env, ...env } });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (part) => {
        said += part;
      });
    }
    const ended = new Promise<string>((resolve) => child.on('close', () => resolve(said)));
    return { child, ended };
  }

  test('a stage that they use stays when the last process here ends, and goes with theirs', async () => {
    const destination = scratch('shared');
    const job = await contained(destination);
    expectGreeting(startTiny(destination, tiny));
    expect(listStages(destination)).toHaveLength(1);
    expect(await job.end()).toBe('hello\n');
    expect(listStages(destination)).toEqual([]);
  });

  test('the same where the command here is no Python', async () => {
    const destination = scratch('watched');
    const job = await contained(destination);
    ask([tiny.launch, '--dest', destination, 'true']);
    const [stage = ''] = listStages(destination);
    await until(() => !existsSync(join(destination, own, stage, '.pharos/watched')));
    expect(await job.end()).toBe('hello\n');
    expect(listStages(destination)).toEqual([]);
  });

  test('the stage of an image that was packed anew stays while they use it', async () => {
    const destination = scratch('anew');
    const job = await contained(destination);
    expectGreeting(startTiny(destination, another()));
    expect(listStages(destination)).toHaveLength(1);
    expect(await job.end()).toBe('hello\n');
    expect(listStages(destination)).toEqual([]);
  });

  test('what they unpack is not swept; what was left before the machine started is', async () => {
    const [destination, folder] = [scratch('parts'), scratch('slow')];
    const dd = ask(['sh', '-c', 'command -v dd']).trim();
    const slow = programs(folder, { dd: `sleep 30; exec ${dd} "$@"` });
    const maker = inContainer([tiny.launch, '--dest', destination, tiny.python, 'app.py'], slow);
    const parts = () => listStages(destination).filter((name) => name.startsWith('.part.'));
    await until(() => parts().length === 1);
    const left = '.part.0123456789abcdef.1.4026531836-00000000';
    mkdirSync(join(destination, own, left));
    expectGreeting(startTiny(destination, another()));
    expect(listStages(destination)).toEqual(parts());
    expect(parts()).toHaveLength(1);
    maker.child.kill('SIGKILL');
    await maker.ended;
  });

  test('without flock they are waited for', async () => {
    const [destination, folder] = [scratch('link'), scratch('without')];
    const dd = ask(['sh', '-c', 'command -v dd']).trim();
    const without = programs(folder, { flock: 'exit 1', dd: `sleep 0.5; exec ${dd} "$@"` });
    const log = join(folder, 'log');
    const counted = programs(folder, { tar: `[ "$1" = --version ] || echo >>${log}\nexec /usr/bin/tar "$@"` });
    const env = { ...without, ...counted };
    const command = [tiny.launch, '--dest', destination, '--keep', tiny.python, 'app.py'];
    const both = [inContainer(command, env), inContainer(command, env)];
    expect(await Promise.all(both.map(({ ended }) => ended))).toEqual(['hello world\n', 'hello world\n']);
    expect(readFileSync(log, 'utf8')).toBe('\n');
    expect(readdirSync(join(destination, own)).filter((name) => name.includes('holder'))).toEqual([]);
  });

  const another = () =>
    changeHeader(tiny, 'another.image', (header) => header.replace(/pharos_digest='../, "pharos_digest='ee"));
});

async function until(holds: () => boolean): Promise<void> {
  for (let tries = 0; tries < 400; tries += 1) {
    if (holds()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error('it never came to hold');
}
