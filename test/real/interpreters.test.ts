import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Interpreter, listInterpreters } from './interpreters.ts';
import { audit } from './pharos.ts';
import { run } from './run.ts';
import { scratch } from './scratch.ts';

const ENOUGH = 3;

const JOB = `
import email.message
import json
import sys
import pack.age

def late():
    import decimal
    return decimal.Decimal(1)

with open("lines", "a") as file:
    file.write("one run\\n")
print(json.dumps([sys.argv[1:], sys.flags[:10], sys.path[1:], sorted(sys.modules), str(late()), pack.age.YEARS]))
print("to stderr", file=sys.stderr)
sys.exit(7)
`;

function writeJob(folder: string): string {
  const script = join(folder, 'job.py');
  mkdirSync(join(folder, 'pack'));
  writeFileSync(join(folder, 'pack/__init__.py'), 'from . import age\n');
  writeFileSync(join(folder, 'pack/age.py'), 'YEARS = 3\n');
  writeFileSync(script, JOB);
  return script;
}

const interpreters = listInterpreters();
if (interpreters.length < ENOUGH) {
  process.stderr.write(`skipped: ${ENOUGH} versions of CPython: this machine has ${interpreters.length}\n`);
}

describe.for(interpreters)('CPython $version', ({ program, version }: Interpreter) => {
  test('a job is audited, and runs once and as it would alone', () => {
    const folder = scratch('interpreter');
    const script = writeJob(folder);
    const command = [program, script, 'argument'];
    run(command, { cwd: folder }); // leaves bytecode, so that the next two runs are alike
    const bare = run(command, { cwd: folder });
    const { report, stdout, stderr } = audit(join(folder, 'audited'), command);
    expect(stdout).toBe(bare.stdout);
    expect(stderr.startsWith(bare.stderr)).toBe(true);
    expect(readFileSync(join(folder, 'lines'), 'utf8')).toBe('one run\n'.repeat(3));
    expect(report.job.python).toContain(version);
    expect(report.job.outcome).toContain('7');
    const modules = report.icicle.map(({ module }) => module);
    expect(modules).toEqual(expect.arrayContaining(['email.message', 'json', 'pack']));
    expect(modules).not.toContain('decimal');
  });
});
