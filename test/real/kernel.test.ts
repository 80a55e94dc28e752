import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemPython } from './examples.ts';
import { pharos, reportOf } from './pharos.ts';
import { ask } from './run.ts';
import { scratch } from './scratch.ts';

test('a Jupyter kernel is audited by its name, and ended once it has started', () => {
  const folder = scratch('kernel');
  const environment = join(folder, 'env');
  const python = join(environment, 'bin/python');
  ask([systemPython, '-m', 'venv', environment]);
  ask([python, '-m', 'pip', 'install', '--quiet', '--only-binary', ':all:', 'ipykernel==6.29.5'], { seconds: 400 });
  ask([python, '-m', 'ipykernel', 'install', '--prefix', environment, '--name', 'trial']);

  const stem = join(folder, 'kernel');
  const where = { cwd: folder, env: { JUPYTER_PATH: join(environment, 'share/jupyter') }, seconds: 200 };
  const ran = pharos(['audit', '--out', stem, '--kernel', 'trial'], where);
  expect(ran.status, ran.stderr).toBe(0);
  const { icicle, job } = reportOf(`${stem}.report.json`);
  expect(job.form).toBe('kernel');
  expect(icicle.map(({ module }) => module)).toEqual(expect.arrayContaining(['ipykernel', 'IPython', 'zmq']));
});

test('a kernel that is not there is told, with what to do', () => {
  const { status, stderr } = pharos(['audit', '--kernel', 'absent'], { cwd: scratch('kernel') });
  expect(status).toBe(2);
  expect(stderr).toContain('error: there is no kernel absent');
  expect(stderr).toContain('hint:');
});
