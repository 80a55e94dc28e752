import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { editScript } from './edit-script.ts';
import { unifiedDiff } from './unified-diff.ts';

// Scripts as users write them; the golden is the diff, then what a person is told.
const cases = join(import.meta.dirname, 'cases');
const scratch = mkdtempSync(join(tmpdir(), 'job-script-'));
afterAll(() => rmSync(scratch, { recursive: true }));

const programs = {
  launch: '/lustre/u/my env.image/launch',
  names: new Set(['python', 'solve']),
  script: '/lustre/u/project/app.py',
};

function edit(text: string, launcher?: string) {
  const edited = editScript(text, programs, launcher);
  if (!edited.ok) throw new Error(edited.failure.message);
  return edited.value;
}

test.for(globSync('*.sh', { cwd: cases }).sort())('%s', async (name) => {
  const text = readFileSync(join(cases, name), 'utf8');
  const { insertions, notes, text: edited } = edit(text);
  const diff = unifiedDiff(name, text, insertions);
  const told = notes.map(({ line, message }) => `${name}:${line}: ${message}\n`).join('');
  await expect(diff + told).toMatchFileSnapshot(join(cases, `${basename(name, '.sh')}.diff`));

  // What patch makes of the diff is the edited script, which the shell can read, and whose edit changes nothing more.
  writeFileSync(join(scratch, name), text);
  const patched = spawnSync('patch', ['-s', '-p0', name], { cwd: scratch, input: diff, encoding: 'utf8' });
  if (patched.error) process.stderr.write(`the diff was not applied: ${patched.error.message}\n`);
  else if (insertions.length > 0) {
    expect(patched.stderr + patched.stdout).toBe('');
    expect(readFileSync(join(scratch, name), 'utf8')).toBe(edited);
  }
  writeFileSync(join(scratch, name), edited);
  expect(spawnSync('bash', ['-n', name], { cwd: scratch, encoding: 'utf8' }).stderr).toBe('');
  expect(edit(edited).insertions).toEqual([]);
});

test('whose mpiexec it is can be told', () => {
  const text = readFileSync(join(cases, 'makers-differ.sh'), 'utf8');
  expect(edit(text, 'openmpi').text).toContain("-d '/lustre/u/my env.image/launch' python app.py python");
  expect(edit(text, 'pals').text).toContain("-d python '/lustre/u/my env.image/launch' app.py python");
});

test.for([
  ['#!/bin/csh\nsrun python app.py\n', 'the script is one of /bin/csh, and only those of sh and bash are read'],
  [
    '#!/usr/bin/env python3\nimport os\n',
    'the script is one of /usr/bin/env python3, and only those of sh and bash are read',
  ],
  ['#!/bin/sh\r\nsrun python app.py\r\n', 'the lines end as on Windows'],
  ['a\0b', 'the script is no text'],
  ['#'.repeat(2 ** 20 + 1), 'the script is longer than any job script'],
  ["srun python app.py 'a\n", 'quotes, brackets or compound commands of the script do not close, as it is read here'],
])('%j is not edited', ([text = '', message]) => {
  expect(editScript(text, programs)).toMatchObject({ ok: false, failure: { message } });
});

test('a hostile script does not reach the terminal', () => {
  const text = '#!/bin/sh\n# \u001b[31m\u202e\tred\nsrun python app.py\n';
  const diff = unifiedDiff('a\u001b', text, edit(text).insertions);
  expect(diff).toContain('# \\u{1b}[31m\\u{202e}\tred');
  expect(diff).not.toContain('\u001b');
});
