import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { systemPython } from './examples.ts';
import { lacks } from './machine.ts';
import { collector, pharos, reportOf } from './pharos.ts';
import { ask, run } from './run.ts';
import { scratch } from './scratch.ts';

// Where a job may do less than root on a machine of its own. A user's files are in a folder that the user can read: the
// repository may be in one that only root can.

const NOBODY = ['setpriv', '--reuid', 'nobody', '--regid', 'nogroup', '--clear-groups', '--'];

function writeJob(folder: string): { script: string; collect: string } {
  const script = join(folder, 'job.py');
  const collect = join(folder, 'pharos-collect.pyz');
  mkdirSync(join(folder, 'models'), { mode: 0o777 });
  writeFileSync(join(folder, 'models/__init__.py'), 'import decimal\n');
  writeFileSync(script, 'import json\nimport models\nprint(json.dumps(models.decimal.Decimal(1).is_finite()))\n');
  ask(['cp', collector, collect]);
  ask(['chmod', '-R', 'a+rX', folder]);
  return { script, collect };
}

/** Collects as the launcher lets us, then audits the recording as ourselves. */
function collectAndAudit(
  folder: string,
  launcher: readonly string[],
  { script, collect }: ReturnType<typeof writeJob>,
) {
  const command = [...launcher, systemPython, collect, '-o', join(folder, 'job.pharos'), '--', systemPython, script];
  const { status, stdout, stderr } = run(command, { cwd: folder, env: { HOME: folder } });
  expect(status, stderr).toBe(0);
  expect(stdout).toBe('true\n');
  const audited = pharos(['audit', '--out', join(folder, 'job'), join(folder, 'job.pharos')]);
  expect(audited.status, audited.stderr).toBe(0);
  const report = reportOf(join(folder, 'job.report.json'));
  expect(report.icicle.map(({ module }) => module)).toEqual(expect.arrayContaining(['json', 'models', 'decimal']));
  return report;
}

beforeAll(() => {
  pharos(['--version']); // makes the collector
});

describe.skipIf(lacks('an unprivileged user', 'root', 'setpriv'))('as an unprivileged user', () => {
  test('a job is observed', () => {
    const folder = scratch('nobody');
    collectAndAudit(folder, NOBODY, writeJob(folder));
  });

  test('a target that the user may not write is an error with a hint, and the job has run', () => {
    const folder = scratch('nobody');
    const { script, collect } = writeJob(folder);
    const closed = join(folder, 'closed');
    mkdirSync(closed, { mode: 0o755 });
    const target = join(closed, 'job.pharos');
    const { status, stderr } = run([...NOBODY, systemPython, collect, '-o', target, '--', systemPython, script]);
    expect(status).toBe(2);
    expect(stderr).toMatch(/^error: .+\nhint: .+/m);
    expect(stderr).not.toContain('Traceback');
  });
});

describe.skipIf(lacks('a container', 'bwrap', 'user namespaces'))('in a container of user namespaces', () => {
  test('a job is observed', () => {
    const folder = scratch('container');
    const job = writeJob(folder);
    const launcher = ['bwrap', '--unshare-all', '--ro-bind', '/', '/', '--dev', '/dev', '--proc', '/proc'];
    const report = collectAndAudit(folder, [...launcher, '--bind', folder, folder, '--'], job);
    expect(report.environment.mounts.length).toBeGreaterThan(0);
  });
});

/** A seccomp filter under which ptrace() fails with EPERM, as in many containers. */
function forbidPtrace(): Buffer | undefined {
  const numbers: Partial<Record<NodeJS.Architecture, number>> = { x64: 101, arm64: 117 };
  const ptrace = numbers[process.arch];
  if (ptrace === undefined) return undefined;
  const [LOAD_WORD, JUMP_IF_EQUAL, RETURN] = [0x20, 0x15, 0x06];
  const [ALLOW, FAIL_WITH_EPERM] = [0x7fff0000, 0x00050001];
  const program = [
    [LOAD_WORD, 0, 0, 0], // offset 0 of seccomp_data: the number of the system call
    [JUMP_IF_EQUAL, 0, 1, ptrace],
    [RETURN, 0, 0, FAIL_WITH_EPERM],
    [RETURN, 0, 0, ALLOW],
  ];
  const filter = Buffer.alloc(program.length * 8);
  for (const [index, [code = 0, yes = 0, no = 0, value = 0]] of program.entries()) {
    filter.writeUInt16LE(code, index * 8);
    filter.writeUInt8(yes, index * 8 + 2);
    filter.writeUInt8(no, index * 8 + 3);
    filter.writeUInt32LE(value, index * 8 + 4);
  }
  return filter;
}

describe.skipIf(lacks('forbidden ptrace', 'bwrap', 'strace'))('where ptrace is forbidden', () => {
  test('the report is made of what the probe saw, and says why there is no more', () => {
    const folder = scratch('ptrace');
    const filter = forbidPtrace();
    if (!filter) throw new Error(`no filter is written for ${process.arch}`);
    writeFileSync(join(folder, 'filter'), filter);
    const { script } = writeJob(folder);
    const forbidden = ['bwrap', '--dev-bind', '/', '/', '--seccomp', '9', '--'];
    const behind = ['bash', '-c', 'exec 9<"$0"; exec "$@"', join(folder, 'filter'), ...forbidden];
    expect(run([...behind, 'strace', '-o', '/dev/null', 'true']).status).not.toBe(0);
    const { report } = auditBehind(folder, behind, script);
    expect(JSON.stringify(report.unknowns)).toMatch(/ptrace|strace/);
    expect(report.icicle.map(({ module }) => module)).toContain('models');
  });

  /** The whole tool runs behind the filter, as it would in such a container. */
  function auditBehind(folder: string, behind: readonly string[], script: string) {
    const stem = join(folder, 'job');
    const command = [...behind, 'sh', '-c', 'exec "$0" "$@"'];
    const collected = run([...command, systemPython, collector, '-o', `${stem}.pharos`, '--', systemPython, script]);
    expect(collected.status, collected.stderr).toBe(0);
    pharos(['audit', '--out', stem, `${stem}.pharos`]);
    return { report: reportOf(`${stem}.report.json`) };
  }
});
