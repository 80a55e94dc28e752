import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { pharos } from './run.ts';
import { scratchFolder } from './samples.ts';

// Whole runs of `pharos doctor -- COMMAND`: the collector's doctor, a Python of this machine, and the page.

const scratch = scratchFolder('doctor-command');
let cwd = '';
beforeEach(() => {
  rmSync(join(scratch, 'work'), { recursive: true, force: true });
  cwd = join(scratch, 'work');
  mkdirSync(cwd);
});

const write = (name: string, ...lines: string[]) => writeFileSync(join(cwd, name), `${lines.join('\n')}\n`);
const doctor = (...words: string[]) => pharos(['doctor', ...words], { cwd });
const written = () => readdirSync(cwd).map((name) => name.replace(/(?<=step\.).*(?=\.pharos$)/, 'NODE'));

test('stdout belongs to the command, the page is on stderr, the recording has the name of the node', () => {
  write('app.py', 'import json', 'print("own words")');
  const { status, stdout, stderr } = doctor('--', 'python3', 'app.py', 'argument');
  expect({ status, stdout }, stderr).toEqual({ status: 0, stdout: 'own words\n' });
  expect(stderr).toContain('How app.py runs');
  expect(stderr).toMatch(/\nwrote app-step\.[\w-]+\.pharos, app-step\.report\.json, app-step\.report\.html\n$/);
  expect(written().sort()).toEqual(['app-step.NODE.pharos', 'app-step.report.html', 'app-step.report.json', 'app.py']);
});

test('code given with -c has files called step, and a second run writes over the first', () => {
  expect(doctor('--', 'python3', '-c', 'import json').status).toBe(0);
  expect(doctor('--', 'python3', '-c', 'import json').status).toBe(0);
  expect(written().sort()).toEqual(['step.NODE.pharos', 'step.report.html', 'step.report.json']);
});

test('the recording tells the same page again', () => {
  const { stderr } = doctor('--', 'python3', '-c', 'import json');
  const [file = ''] = readdirSync(cwd).filter((name) => name.endsWith('.pharos'));
  const { status, stdout } = doctor(file);
  expect(status).toBe(0);
  expect(stderr).toContain(stdout.trimEnd());
});

test('a command that goes on is ended after the seconds given', { timeout: 60_000 }, () => {
  write('app.py', 'import json, time', 'time.sleep(50)');
  const begin = Date.now();
  const { status, stderr } = doctor('--seconds', '2', '--', 'python3', 'app.py');
  expect(status, stderr).toBe(0);
  expect(Date.now() - begin).toBeLessThan(30_000);
  expect(stderr).toContain('How app.py runs');
});

test("the command's own status is returned where that was asked for", () => {
  expect(doctor('--', 'python3', '-c', 'raise SystemExit(7)').status).toBe(0);
  expect(doctor('--passthrough', '--', 'python3', '-c', 'raise SystemExit(7)').status).toBe(7);
});
