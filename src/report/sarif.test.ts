import { readFileSync } from 'node:fs';
import { test } from 'vitest';
import { type Report, readReport } from '#schema';
import { renderSarif } from './sarif.ts';

function caseOf(name: string): Report {
  const read = readReport(JSON.parse(readFileSync(`${import.meta.dirname}/cases/${name}.report.json`, 'utf8')));
  if (!read.ok) throw new Error(read.failure.message);
  return read.value;
}

const runOf = (report: Report, page?: (audit: string) => string | undefined) =>
  JSON.parse(renderSarif(report, page ? { page } : {})).runs[0];

test('every result names its rule, and every audit is a rule', ({ expect }) => {
  const report = caseOf('storm');
  const run = runOf(report);
  const ids = run.tool.driver.rules.map(({ id }: { id: string }) => id);
  expect(ids).toEqual(report.categories.flatMap(({ verdicts }) => verdicts.map(({ audit }) => audit)));
  for (const { ruleId, ruleIndex } of run.results) expect(ids[ruleIndex]).toBe(ruleId);
});

test('an allowed finding is suppressed with its reason', ({ expect }) => {
  const suppressed = runOf(caseOf('storm')).results.filter((result: object) => 'suppressions' in result);
  expect(suppressed).toMatchObject([
    {
      ruleId: 'home-user-site',
      suppressions: [{ justification: 'two colleagues keep patched readers there until July' }],
    },
  ]);
});

test('the page of an audit is the help of its rule', ({ expect }) => {
  const [rule] = runOf(caseOf('storm'), (audit) => `# ${audit}`).tool.driver.rules;
  expect(rule.help.markdown).toBe('# metadata-storm');
});

test('a script becomes a relative reference whatever it is named', ({ expect }) => {
  const report = caseOf('storm');
  const uriOf = (script: string) =>
    runOf({ ...report, job: { ...report.job, script } }).results[0].locations[0].physicalLocation.artifactLocation.uri;
  expect(uriOf('tools/run me.py')).toBe('tools/run%20me.py');
  expect(uriOf('https://evil.example/x')).toBe('https%3A/evil.example/x');
  expect(uriOf('../../etc/passwd')).toBe('etc/passwd');
  expect(uriOf('caf\udce9.py')).toBe('caf%EF%BF%BD.py');
  expect(uriOf('')).toBe('job');
});

test('recorded brackets make no link', ({ expect }) => {
  const report = caseOf('storm');
  const unknowns = [{ what: 'x', because: 'see [here](https://evil.example)' }];
  const notes = runOf({ ...report, unknowns }).invocations[0].toolExecutionNotifications;
  expect(notes.at(-1).message.text).toBe('x: see \\[here\\](https://evil.example)');
});
