import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readReport } from '#schema';
import { solverJob } from '../recordings/solver-job.ts';
import { pharos, root } from './run.ts';
import { scratchFolder, writeSample } from './samples.ts';

const cwd = scratchFolder('recordings');
writeSample(join(cwd, 'solver.pharos'), solverJob());
writeSample(join(cwd, 'killed.pharos'), solverJob({ exit: { signal: 'SIGKILL' }, truncated: true }));
writeSample(join(cwd, 'rank0.pharos'), solverJob());
writeSample(join(cwd, 'rank1.pharos'), solverJob({ extra: 'plotter' }));

test('the report of a recording is on stdout, in 80 columns, and nothing is written', () => {
  const before = readdirSync(cwd);
  const { status, stdout, stderr } = pharos(['audit', 'solver.pharos'], { cwd });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('How solver.py starts');
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(stdout).not.toContain('\x1b');
  expect(readdirSync(cwd)).toEqual(before);
});

test('as JSON it is a report that can be read again, and shown again the same', () => {
  const json = pharos(['audit', 'solver.pharos', '--as', 'json'], { cwd }).stdout;
  expect(readReport(JSON.parse(json)).ok).toBe(true);
  writeFileSync(join(cwd, 'again.report.json'), json);
  const shown = pharos(['report', 'again.report.json'], { cwd });
  expect(shown).toEqual(pharos(['audit', 'solver.pharos'], { cwd }));
});

test('--out names the files, beside the report on stdout', () => {
  const { status } = pharos(['audit', 'solver.pharos', '--out', 'kept'], { cwd });
  expect(status).toBe(0);
  expect(readReport(JSON.parse(readFileSync(join(cwd, 'kept.report.json'), 'utf8'))).ok).toBe(true);
});

test('only files of our own kind are overwritten', () => {
  writeFileSync(join(cwd, 'mine.report.json'), '{"mine": true}');
  const { status, stdout, stderr } = pharos(['audit', 'solver.pharos', '--out', 'mine'], { cwd });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain('error: mine.report.json exists and was not written by pharos');
  expect(readFileSync(join(cwd, 'mine.report.json'), 'utf8')).toBe('{"mine": true}');
  expect(pharos(['audit', 'solver.pharos', '--out', 'kept'], { cwd }).status).toBe(0);
});

test('the scale asked for is the scale told', () => {
  const options = ['--nodes', '512', '--ranks-per-node', '16', '--profile', 'gpfs'];
  const { stdout } = pharos(['audit', 'solver.pharos', '--as', 'json', ...options], { cwd });
  expect(JSON.parse(stdout).target).toMatchObject({ nodes: 512, ranksPerNode: 16, profile: 'gpfs', basis: 'asked' });
});

test('a job that was killed has its report, which says so', () => {
  const { status, stdout } = pharos(['audit', 'killed.pharos'], { cwd });
  expect(status).toBe(0);
  expect(stdout).toContain('was killed by SIGKILL');
});

test('recordings of several ranks are one job, and what one of them imports more is named', () => {
  const { status, stdout } = pharos(['audit', 'rank0.pharos', 'rank1.pharos', '--as', 'json'], { cwd });
  expect(status).toBe(0);
  expect(JSON.parse(stdout).ranks.differences).toMatchObject([{ module: 'plotter' }]);
});

test('pharos alone prints what it can do', () => {
  const { status, stdout, stderr } = pharos([], { cwd });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('Commands:');
});

test('the collector is written out as one file that runs', () => {
  expect(pharos(['collector', '--to', 'pharos-collect.pyz'], { cwd }).status).toBe(0);
  // Over one of our own, as after an update; not over another's.
  expect(pharos(['collector', '--to', 'pharos-collect.pyz'], { cwd }).status).toBe(0);
  writeFileSync(join(cwd, 'other.pyz'), '#!/usr/bin/env python3\nprint(1)\n');
  expect(pharos(['collector', '--to', 'other.pyz'], { cwd }).status).toBe(2);
  const help = pharos(['pharos-collect.pyz', '--help'], { cwd, program: 'python3' });
  expect(help).toMatchObject({ status: 0, stderr: '' });
});

test('a face for a ticket, and one for code review', () => {
  expect(pharos(['report', 'solver.pharos', '--as', 'md'], { cwd }).stdout).toMatch(/^## How `solver\.py` starts\n/);
  const sarif = JSON.parse(pharos(['report', 'solver.pharos', '--as', 'sarif'], { cwd }).stdout);
  expect(sarif).toMatchObject({ version: '2.1.0', runs: [{ tool: { driver: { name: 'pharos' } } }] });
  expect(sarif.runs[0].tool.driver.rules[0].help.markdown).toContain('## What it finds');
});

test('what changed between two runs is named', () => {
  const { status, stdout } = pharos(['diff', 'rank0.pharos', 'rank1.pharos'], { cwd });
  expect(status).toBe(0);
  expect(stdout).toMatch(/appeared +plotter/);
  expect(pharos(['diff', 'rank0.pharos', 'solver.pharos'], { cwd }).stdout).not.toMatch(/appeared|gone/);
});

test('a recording beside a report is told at the scale of the report', () => {
  const json = pharos(['audit', 'solver.pharos', '--nodes', '7', '--as', 'json'], { cwd }).stdout;
  writeFileSync(join(cwd, 'seven.report.json'), json);
  const diff = JSON.parse(pharos(['diff', 'solver.pharos', 'seven.report.json', '--as', 'json'], { cwd }).stdout);
  expect(diff.incomparable).toEqual([]);
});

test('a reader that leaves early is no failure', () => {
  const script = `'${join(root, 'pharos')}' audit solver.pharos | head -1`;
  expect(pharos(['-c', script], { cwd, program: 'sh' })).toEqual({
    status: 0,
    stdout: 'How solver.py starts\n',
    stderr: '',
  });
});
