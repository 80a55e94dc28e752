import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readReport } from '#schema';
import { stepRecordings } from '../recordings/step-draft.ts';
import { pharos } from './run.ts';
import { scratchFolder, writeSample } from './samples.ts';

// `pharos doctor FILE…`: the recordings are those of a step of four nodes, put together by hand.

const cwd = scratchFolder('doctor');
const files = stepRecordings({ nodes: 4 }).map((recording, node) => {
  writeSample(join(cwd, `step.n${node}.pharos`), recording);
  return `step.n${node}.pharos`;
});

function readStep(json: string) {
  const report = readReport(JSON.parse(json));
  if (!report.ok) throw new Error(report.failure.message);
  return report.value;
}

test('the page of a healthy step is on stdout, in five lines of 80 columns, and nothing is written', () => {
  const before = readdirSync(cwd);
  const { status, stdout, stderr } = pharos(['doctor', ...files], { cwd });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('16 ranks on 4 nodes');
  expect(stdout.trimEnd().split('\n').length, stdout).toBeLessThanOrEqual(5);
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(readdirSync(cwd)).toEqual(before);
});

test('every face is there, and the report is read again as it was', () => {
  const json = pharos(['doctor', ...files, '--as', 'json'], { cwd }).stdout;
  expect(readStep(json).step).toMatchObject({ nodes: { expected: 4, seen: 4 } });
  writeFileSync(join(cwd, 'again.report.json'), json);
  const shown = pharos(['report', 'again.report.json'], { cwd });
  expect(shown).toEqual(pharos(['doctor', ...files], { cwd }));
  expect(pharos(['doctor', ...files, '--as', 'md'], { cwd }).stdout).toMatch(/^## /);
  expect(pharos(['doctor', ...files, '--as', 'html'], { cwd }).stdout).toContain('<svg class="placement"');
  expect(JSON.parse(pharos(['doctor', ...files, '--as', 'sarif'], { cwd }).stdout)).toMatchObject({ version: '2.1.0' });
});

test('--out names the files, beside the page on stdout', () => {
  expect(pharos(['doctor', ...files, '--out', 'ticket'], { cwd }).status).toBe(0);
  expect(readStep(readFileSync(join(cwd, 'ticket.report.json'), 'utf8')).step).toBeDefined();
  expect(readFileSync(join(cwd, 'ticket.report.html'), 'utf8')).toContain('How the job step runs');
});

test('a file that cannot be read is named, and the page of the others comes', () => {
  writeFileSync(join(cwd, 'junk.pharos'), 'not a recording');
  const { status, stdout, stderr } = pharos(['doctor', ...files.slice(1), 'junk.pharos'], { cwd });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('3 of 4 nodes');
  expect(stdout).toContain('junk.pharos: it is neither a recording nor a report of pharos');
});

test('a recording that was cut short is read as far as it goes, and the page says so', () => {
  writeSample(join(cwd, 'cut.n0.pharos'), stepRecordings({ nodes: 4 })[0]);
  truncateSync(join(cwd, 'cut.n0.pharos'), readFileSync(join(cwd, 'cut.n0.pharos')).length - 40);
  const { status, stdout } = pharos(['doctor', 'cut.n0.pharos', ...files.slice(1)], { cwd });
  expect(status).toBe(0);
  expect(stdout).toContain('A recording ends early');
});

test('of many files that cannot be read the first are named and all are counted', () => {
  const missing = Array.from({ length: 30 }, (_, node) => `gone.n${node}.pharos`);
  const { status, stdout } = pharos(['doctor', ...files, ...missing], { cwd });
  expect(status).toBe(0);
  expect(stdout).toContain('gone.n0.pharos: no such file or folder');
  expect(stdout).toContain('26 more files: they could not be read either');
});

test('what is wrong ends with 1 where that was asked for, and not where it is allowed', () => {
  const alone = stepRecordings({ nodes: 2, rank: () => ({ mpi: { state: 'initialized', rank: 0, size: 1 } }) });
  const names = alone.map((recording, node) => {
    writeSample(join(cwd, `alone.n${node}.pharos`), recording);
    return `alone.n${node}.pharos`;
  });
  expect(pharos(['doctor', ...names], { cwd }).status).toBe(0);
  const strict = pharos(['doctor', ...names, '--fail-on', 'error', '--as', 'json'], { cwd });
  expect(strict.status).toBe(1);
  const failed = readStep(strict.stdout).categories.flatMap(({ verdicts }) =>
    verdicts.filter(({ verdict }) => verdict.kind === 'fail').map(({ audit }) => audit),
  );
  const allowed = failed.flatMap((id) => ['--allow', `${id}: the ranks share nothing`]);
  expect(pharos(['doctor', ...names, '--fail-on', 'error', ...allowed], { cwd }).status).toBe(0);
});

test('what changed between two steps is named', () => {
  const { status, stdout } = pharos(['diff', 'step.n0.pharos', 'step.n1.pharos'], { cwd });
  expect(status).toBe(0);
  expect(stdout).toContain('Findings:');
});
