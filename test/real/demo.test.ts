import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemPython } from './examples.ts';
import { audit, pharos } from './pharos.ts';
import { scratch } from './scratch.ts';

const ESCAPES = new RegExp(`${String.fromCharCode(27)}\\[[0-9;]*m`, 'g');

test('the first command of the README prints a report and leaves three files', () => {
  const folder = scratch('demo');
  const { status, stdout, stderr } = pharos(['demo'], { cwd: folder, seconds: 550 });
  expect(status, stderr).toBe(0);
  expect(stdout).toContain('mean temperature after 300 steps on 1 rank(s): 11.097764');
  const files = readdirSync(folder).sort();
  expect(files).toEqual(['heat.pharos', 'heat.report.html', 'heat.report.json']);
  expect(statSync(join(folder, 'heat.pharos')).size).toBeLessThan(200_000);
  expect(statSync(join(folder, 'heat.report.html')).size).toBeLessThan(250_000);
  // Before it, set-up and demo name folders of any length.
  const report = stderr.slice(stderr.indexOf('How heat.py starts')).replaceAll(ESCAPES, '').split('\n');
  expect(report.length).toBeGreaterThan(20);
  expect(report.filter((line) => line.length > 80)).toEqual([]);
});

test('a healthy job gives no warning, and needs nothing of the demo', () => {
  const { report } = audit(join(scratch('healthy'), 'job'), [systemPython, '-c', 'import json']);
  const verdicts = report.categories.flatMap(({ verdicts }) => verdicts);
  const findings = verdicts.flatMap(({ verdict }) => (verdict.kind === 'fail' ? verdict.findings : []));
  expect(verdicts.length).toBeGreaterThan(5);
  expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
});
