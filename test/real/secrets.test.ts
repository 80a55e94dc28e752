import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { systemPython } from './examples.ts';
import { lacks } from './machine.ts';
import { collector, pharos, unpack } from './pharos.ts';
import { ask, run } from './run.ts';
import { scratch } from './scratch.ts';

// Secrets are planted wherever a recording could pick them up, on a host and for a user that bear one themselves; the
// name space of mounts and of the host name is the test's own. Each has a mark of its own, to tell where one leaks.

const MARK = 'xq7';
const planted = (where: string) => `${MARK}${where}`;
const USER = planted('user');
const HOST = planted('host');

const JOB = `
import os, subprocess, sys
import reading
reading.read(os.environ["DATA"])
open(sys.argv[1], "a").close()
subprocess.run([sys.executable, "-c", "import json # ${planted('childcode')}", "${planted('childargument')}"], check=True)
value = "${planted('source')}"
`;

const ENVIRONMENT = {
  TOKEN: planted('token'),
  OMP_NUM_THREADS: planted('threads'),
  OMP_PROC_BIND: planted('binding'),
  SLURM_JOB_NAME: planted('jobname'),
  SLURM_JOB_ACCOUNT: planted('account'),
  MPLBACKEND: planted('backend'),
  PYTHONWARNINGS: `ignore:${planted('warning')}`,
};

/** Commands whose observation must tell nothing: a script, code given with -c, a shell around it. */
function listCommands(home: string, data: string): Record<string, string[]> {
  const script = join(home, 'work', 'job.py');
  const argument = join(home, 'data', planted('argumentfile'));
  const code = `import reading; reading.read(${JSON.stringify(data)}); word = "${planted('code')}"`;
  return {
    script: [systemPython, script, argument, planted('argument')],
    code: [systemPython, '-c', code, planted('argument')],
    shell: ['sh', '-c', `: ${planted('shellcode')}; ${systemPython} ${script} ${argument}`],
  };
}

function prepare(folder: string) {
  const home = join(folder, 'home', USER);
  for (const part of ['work', 'data', 'library']) mkdirSync(join(home, part), { recursive: true, mode: 0o777 });
  const data = join(home, 'data', `${planted('datafile')}.npy`);
  writeFileSync(data, planted('contents'));
  writeFileSync(join(home, 'work/job.py'), JOB);
  writeFileSync(
    join(home, 'work/reading.py'),
    'def read(path):\n    with open(path) as file:\n        return file.read()\n',
  );
  writeFileSync(
    join(folder, 'passwd'),
    `root:x:0:0::/root:/bin/sh\n${USER}:x:54321:54321:${planted('fullname')}:${home}:/bin/sh\n`,
  );
  ask(['cp', collector, join(folder, 'collect.pyz')]);
  ask(['chown', '-R', '54321:54321', folder]);
  return { home, data };
}

function collect(folder: string, home: string, data: string, stem: string, command: readonly string[]) {
  const enter = 'mount --bind "$0/passwd" /etc/passwd && hostname "$1" && shift && exec "$@"';
  const become = ['setpriv', '--reuid', '54321', '--regid', '54321', '--clear-groups', '--'];
  const observed = [systemPython, join(folder, 'collect.pyz'), '-o', `${stem}.pharos`, '--', ...command];
  return run(['unshare', '--mount', '--uts', 'sh', '-c', enter, folder, HOST, ...become, ...observed], {
    cwd: join(home, 'work'),
    env: {
      ...ENVIRONMENT,
      HOME: home,
      USER,
      LOGNAME: USER,
      HOSTNAME: HOST,
      SLURMD_NODENAME: HOST,
      DATA: data,
      PYTHONPATH: join(home, 'work'),
      LD_LIBRARY_PATH: join(home, 'library'),
      TMPDIR: folder,
    },
  });
}

/** Everything that can be read of one observed command: the recording, and each face of its report. */
function readOutputs(folder: string, stem: string): Record<string, string> {
  const audited = pharos(['audit', '--out', stem, `${stem}.pharos`]);
  expect(audited.status, audited.stderr).toBe(0);
  const faces = ['text', 'md', 'json', 'html', 'sarif'].map((face) => {
    const { stdout } = pharos(['report', `${stem}.report.json`, '--as', face]);
    expect(stdout).not.toBe('');
    return [face, stdout];
  });
  const files = readdirSync(folder).filter((file) => file.includes('.report.'));
  const written = files.map((file) => [file, readFileSync(join(folder, file), 'latin1')]);
  return Object.fromEntries([
    ['recording', unpack(`${stem}.pharos`)],
    ['stdout', audited.stdout],
    ...faces,
    ...written,
  ]);
}

describe.skipIf(lacks('planted secrets', 'root', 'unshare', 'setpriv'))('planted secrets', () => {
  test.for(['script', 'code', 'shell'])('appear in no output of a job given as %s', (form) => {
    const folder = scratch('secrets');
    pharos(['--version']); // makes the collector
    const { home, data } = prepare(folder);
    const stem = join(folder, 'out');
    const { status, stderr } = collect(folder, home, data, stem, listCommands(home, data)[form] ?? []);
    expect(status, stderr).toBe(0);
    // The marks in the names of the outputs themselves: none, `out` is all.
    for (const [name, text] of Object.entries(readOutputs(folder, stem))) {
      const leaks = new Set([...text.matchAll(new RegExp(`${MARK}[a-z]*`, 'gi'))].map(([leak]) => leak));
      expect([...leaks], `in ${name}`).toEqual([]);
    }
    expect(stderr).not.toContain(MARK);
  });
});
