import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { lacks } from '../machine.ts';
import { makeFolder } from '../make-folder.ts';
import { pharos } from '../pharos.ts';
import { ask, type Ran, run } from '../run.ts';
import { scratch } from '../scratch.ts';
import { changeHeader, packTiny, type TinyImage } from './tiny-image.ts';

// What a stage takes from a node and leaves to the job: tools, memory, open files, layers that are there already.

let tiny: TinyImage;
const own = `pharos-${process.getuid?.() ?? 0}`;

beforeAll(() => {
  tiny = packTiny(makeFolder('node'));
});
afterAll(() => rmSync(tiny.folder, { recursive: true, force: true }));

function start(destination: string, options: readonly string[], env: Record<string, string> = {}, image = tiny): Ran {
  return run([image.launch, '--dest', destination, ...options], { cwd: image.project, env });
}

/** A program of the machine that says in `log` how it was called, and does what it does. */
function watched(folder: string, name: string, log: string): string {
  const program = ask(['sh', '-c', `command -v ${name}`]).trim();
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\necho "$* [\${LD_LIBRARY_PATH-}\${LD_PRELOAD-}]" >>'${log}'\nexec ${program} "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}

const stages = (destination: string) =>
  readdirSync(join(destination, own)).filter((name) => /^[0-9a-f]{16}$/.test(name));

test('staging uses neither programs nor libraries of the job, and the job gets all that it had', () => {
  const [destination, tools, jobs] = [scratch('tools'), scratch('own'), scratch('jobs')];
  const [log, wrong] = [join(tools, 'log'), join(jobs, 'wrong')];
  watched(tools, 'tar', log);
  for (const name of ['tar', 'dd', 'stat', 'df', 'mkdir', 'flock']) watched(jobs, name, wrong);
  const env = {
    PATH: `${jobs}:${process.env.PATH}`,
    LD_LIBRARY_PATH: jobs,
    LD_PRELOAD: '',
    PHAROS_TOOL_PATH: `${tools}:/usr/bin:/bin`,
  };
  const told = start(
    destination,
    [tiny.python, '-c', 'import os; print(os.environ["PATH"], os.environ["LD_LIBRARY_PATH"])'],
    env,
  );
  expect(told).toMatchObject({ status: 0, stderr: '', stdout: `${env.PATH} ${jobs}\n` });
  expect(existsSync(wrong)).toBe(false);
  expect(readFileSync(log, 'utf8')).toMatch(/-x .*\[\]/);
});

test('files that the launcher of the job has opened stay as they are', () => {
  const [destination, folder] = [scratch('open'), scratch('files')];
  // A PMI server is reached by such a number.
  const script = `exec 7>7 8>8 9>9; exec "$@"`;
  const write = 'import os; [os.write(number, b"%d" % number) for number in (7, 8, 9)]';
  expect(
    run(['sh', '-c', script, 'sh', tiny.launch, '--dest', destination, tiny.python, '-c', write], { cwd: folder }),
  ).toMatchObject({
    status: 0,
    stderr: '',
  });
  for (const name of ['7', '8', '9']) expect(readFileSync(join(folder, name), 'utf8')).toBe(name);
});

test('the rank is that of the innermost launcher', () => {
  const image = packTiny(scratch('rank'));
  writeFileSync(join(image.project, 'helper.py'), 'NAME = "universe"\n');
  const status = (env: Record<string, string>) =>
    start(scratch('rank-stage'), [image.python, 'app.py'], env, image).status;
  expect(status({ SLURM_PROCID: '0', OMPI_COMM_WORLD_RANK: '3' })).toBe(0);
  expect(status({ SLURM_PROCID: '2', OMPI_COMM_WORLD_RANK: '0' })).toBe(2);
  expect(status({ SLURM_PROCID: '2' })).toBe(0);
  expect(status({})).toBe(2);
});

test.skipIf(lacks('a destination in memory', 'root'))('memory that the job does not have is not taken', () => {
  const destination = scratch('memory');
  ask(['mount', '-t', 'tmpfs', '-o', 'mode=777', 'none', destination]);
  onTestFinished(() => {
    run(['umount', '--lazy', destination]);
  });
  const large = changeHeader(tiny, 'large.image', (header) =>
    header.replace(/pharos_stage_bytes='\d+'/, "pharos_stage_bytes='9000000'"),
  );
  const ran = start(destination, [tiny.python, 'app.py'], { SLURM_MEM_PER_NODE: '1' }, large);
  expect(ran.stderr).toContain('it is memory, of which the job has 1024 KiB left, and the image takes 9667');
  expect(ran.status).toBe(2);
  expect(start(destination, [tiny.python, 'app.py'], { SLURM_MEM_PER_NODE: '64' }, large).status).toBe(0);
});

test('a tar that is not GNU unpacks layer by layer', () => {
  const [destination, tools] = [scratch('tar'), scratch('other-tar')];
  const tar = ask(['sh', '-c', 'command -v tar']).trim();
  const log = join(tools, 'log');
  const other = `#!/bin/sh\n[ "$1" != --version ] || { echo other; exit; }\necho "$*" >>'${log}'\nexec ${tar} "$@"\n`;
  writeFileSync(join(tools, 'tar'), other);
  chmodSync(join(tools, 'tar'), 0o755);
  const ran = start(destination, [tiny.python, 'app.py'], { PHAROS_TOOL_PATH: `${tools}:/usr/bin:/bin` });
  expect(ran).toMatchObject({ status: 0, stderr: '', stdout: 'hello world\n' });
  expect(readFileSync(log, 'utf8').trim().split('\n').length).toBeGreaterThan(1);
});

test('of an image that was packed anew, a node reads only the layers that it does not have', () => {
  const image = packTiny(scratch('again'));
  const [destination, tools] = [scratch('again-stage'), scratch('again-tools')];
  const log = join(tools, 'log');
  watched(tools, 'dd', log);
  const env = { PHAROS_TOOL_PATH: `${tools}:/usr/bin:/bin` };
  const command = ['--keep', image.python, 'app.py'];
  expect(start(destination, command, env, image).stdout).toBe('hello world\n');
  const [before] = stages(destination);
  const digested = () => readFileSync(log, 'utf8').match(/iflag=fullblock/g)?.length;
  expect(digested()).toBeGreaterThan(1);
  rmSync(log);
  writeFileSync(join(image.project, 'helper.py'), 'NAME = "moon"\n');
  const packed = pharos(['pack', '--to', image.image, '--', image.python, 'app.py'], { cwd: image.project });
  expect(packed.status).toBe(0);
  const again = start(destination, command, env, image);
  expect(again).toMatchObject({ status: 0, stderr: '', stdout: 'hello moon\n' });
  expect(digested()).toBe(1);
  // The older stage is gone, and nothing in the new one leads there.
  const now = stages(destination);
  expect(now).toHaveLength(1);
  expect(now).not.toContain(before);
  expect(run(['grep', '-r', '-l', `${before}`, join(destination, own)]).stdout).toBe('');
  const prefix = start(destination, [image.python, '-c', 'import sys; print(sys.prefix)'], env, image);
  expect(prefix.stdout).toContain(`${destination}/${own}/${now[0]}/`);
});

test('what was not in the image is told beside it, whoever cleans', () => {
  const destination = scratch('misses');
  const image = packTiny(scratch('missed'));
  expect(start(destination, ['--keep', image.python, 'app.py'], {}, image).status).toBe(0);
  const [stage = ''] = stages(destination);
  writeFileSync(join(destination, own, stage, '.pharos/misses/1'), '/lustre/b\n/lustre/a\n/lustre/b\n');
  expect(start(destination, ['--clean'], {}, image)).toMatchObject({ status: 0, stderr: '' });
  expect(stages(destination)).toEqual([]);
  const [name = ''] = readdirSync(join(image.image, 'misses'));
  expect(readFileSync(join(image.image, 'misses', name), 'utf8')).toBe('/lustre/a\n/lustre/b\n');
});

test.for([
  ['a shell of its own', ['sh', '-c', 'python app.py; exit 3'], 3],
  ['a command that is not there', ['no-such-command'], 127],
] as const)('the stage goes with %s', async ([, command, status]) => {
  const destination = scratch('ends');
  const env = { PATH: `${join(tiny.folder, 'env/bin')}:${process.env.PATH}` };
  expect(start(destination, command, env).status).toBe(status);
  for (let tries = 0; tries < 100 && stages(destination).length > 0; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(stages(destination)).toEqual([]);
});

test.for(['bash', 'dash'])('under %s', (shell) => {
  if (lacks(`launch under ${shell}`, shell)) return;
  const ran = run([shell, tiny.launch, '--dest', scratch('shell'), tiny.python, 'app.py', 'a b', ''], {
    cwd: tiny.project,
  });
  expect(ran).toMatchObject({ status: 0, stderr: '', stdout: 'hello world a b \n' });
});

test('from a folder without a way to it, and by a path of its own folder', () => {
  const destination = scratch('relative');
  mkdirSync(join(tiny.folder, 'jobs'), { recursive: true });
  const ran = run(['../tiny.image/launch', '--dest', destination, '--keep', '../env/bin/python', '../project/app.py'], {
    cwd: join(tiny.folder, 'jobs'),
  });
  expect(ran).toMatchObject({ status: 0, stderr: '', stdout: 'hello world\n' });
  const [stage = ''] = stages(destination);
  expect(readFileSync(join(destination, own, stage, '.pharos/image'), 'utf8')).toMatch(/^\//);
});
