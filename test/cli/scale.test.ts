import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { filesystemProfiles } from '#knowledge';
import { ScaleTable } from '#schema';
import { solverJob } from '../recordings/solver-job.ts';
import { stepRecordings } from '../recordings/step-draft.ts';
import { pharos } from './run.ts';
import { scratchFolder, writeSample } from './samples.ts';

const cwd = scratchFolder('scale');
writeSample(join(cwd, 'solver.pharos'), solverJob());
writeSample(join(cwd, 'step.pharos'), stepRecordings({ nodes: 1 })[0]);
writeFileSync(join(cwd, 'broken.pharos'), gzipSync('hello\n'));
writeFileSync(join(cwd, 'negative.json'), profileWith(-1));
writeFileSync(join(cwd, 'huge.json'), profileWith(1e9));
writeFileSync(join(cwd, 'nan.json'), profileWith('NaN'));
writeFileSync(join(cwd, 'mine.json'), profileWith(2));
writeFileSync(join(cwd, 'precious.scale.html'), '<p>mine</p>');

/** A shipped profile with other metadata slots. */
function profileWith(slots: unknown): string {
  const [profile] = filesystemProfiles.filter(({ id }) => id === 'lustre');
  if (!profile) throw new Error('there is no profile of lustre');
  const metadataSlots = { ...profile.server.metadataSlots, low: slots, likely: slots, high: slots };
  return JSON.stringify({ ...profile, id: 'mine', server: { ...profile.server, metadataSlots } });
}

const scale = (...args: string[]) => pharos(['scale', ...args], { cwd });

function tableOf(...args: string[]): ScaleTable {
  const { status, stdout, stderr } = scale('solver.pharos', '--as', 'json', ...args);
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  return ScaleTable.parse(JSON.parse(stdout));
}

test('the table of a recording is on stdout, in 80 columns, and nothing is written', () => {
  const before = readdirSync(cwd);
  const { status, stdout, stderr } = scale('solver.pharos', '--explain', '256');
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toContain('What starting solver.py costs as the job grows');
  expect(stdout).toContain('10. median of the possible worlds');
  expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  expect(stdout).not.toContain('\x1b');
  expect(readdirSync(cwd)).toEqual(before);
});

test('what is asked for is what is told', () => {
  const asked = ['--nodes', '64,1,4..16', '--ranks-per-node', '8', '--cores-per-node', '4', '--jobs', '3'];
  const table = tableOf(...asked, '--profile', 'mine.json', '--explain', '7');
  expect(table).toMatchObject({ ranksPerNode: 8, coresPerNode: 4, jobs: 3, arithmetic: { nodes: 7, jobs: 3 } });
  expect(table.profile).toMatchObject({ id: 'mine', calibrated: true });
  expect(table.points.map(({ nodes }) => nodes)).toEqual([1, 4, 7, 8, 16, 64]);
});

test('staging is told by the transports that are asked for, the launcher with its time', () => {
  const table = tableOf('--nodes', '64', '--launcher', 'slurm', '--transport', 'sbcast', '--transport', 'flux-archive');
  expect(table.plans.filter(({ kind }) => kind === 'staged')).toMatchObject([
    { id: 'staged-sbcast', known: true },
    { id: 'staged-flux-archive', known: false },
  ]);
  expect(table.points[0]?.starts[0]?.parts.launcher).toBeGreaterThan(0);
  expect(tableOf('--nodes', '64', '--launcher', 'none').points[0]?.starts[0]?.parts.launcher).toBeUndefined();
});

test('without a list, sizes go in steps of four', () => {
  expect(tableOf().points.map(({ nodes }) => nodes)).toEqual([1, 4, 16, 64, 256, 1024, 4096]);
});

test('the largest that may be asked for is told in numbers', () => {
  const table = tableOf('--nodes', '1000000', '--ranks-per-node', '100000', '--jobs', '100000');
  const values = table.points.flatMap(({ starts }) => starts.flatMap(({ seconds }) => Object.values(seconds)));
  expect(values.filter((value) => !Number.isFinite(value))).toEqual([]);
});

test.for([
  ['md', '## What starting'],
  ['html', '<!doctype html>'],
  ['svg', '<?xml version="1.0"'],
])('--as %s', ([face = '', beginning]) => {
  const { status, stdout } = scale('solver.pharos', '--as', face);
  expect(status).toBe(0);
  expect(stdout.startsWith(`${beginning}`)).toBe(true);
});

test('--out writes table, page and drawing, and may write over its own', () => {
  mkdirSync(join(cwd, 'kept'));
  for (const _ of [1, 2]) expect(scale('solver.pharos', '--out', 'kept/').status).toBe(0);
  expect(readdirSync(join(cwd, 'kept')).sort()).toEqual(['solver.scale.html', 'solver.scale.json', 'solver.scale.svg']);
});

test('where one of the files is not ours none is written', () => {
  const { status, stdout, stderr } = scale('solver.pharos', '--out', 'precious');
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain('precious.scale.html exists and was not written by pharos');
  expect(existsSync(join(cwd, 'precious.scale.json'))).toBe(false);
  expect(readFileSync(join(cwd, 'precious.scale.html'), 'utf8')).toBe('<p>mine</p>');
});

test.for<[string, string[], string]>([
  ['nothing', [], 'there is no recording'],
  ['a command', ['--', 'python3', 'app.py'], 'there is no recording'],
  ['a file that is not there', ['gone.pharos'], 'gone.pharos: no such file or folder'],
  ['a broken recording', ['broken.pharos'], 'broken.pharos: '],
  ['a recording of the doctor', ['step.pharos'], 'step.pharos is of a job step that the doctor looked at'],
  ['a start and a step', ['solver.pharos', 'step.pharos'], 'step.pharos is of a job step'],
  ['no node', ['solver.pharos', '--nodes', '0'], '0 is not a number of nodes'],
  ['less than none', ['solver.pharos', '--nodes=-4'], '-4 is not a number of nodes'],
  ['an empty list', ['solver.pharos', '--nodes='], 'nothing between commas is not'],
  ['a huge number', ['solver.pharos', '--nodes', '1,99999999'], '99999999 is not a number of nodes from 1 to 1000000'],
  ['a list that goes down', ['solver.pharos', '--nodes', '64..4'], '64..4 goes down'],
  ['no rank', ['solver.pharos', '--ranks-per-node', '0'], 'It is not a whole number from 1 to 100000'],
  ['no core', ['solver.pharos', '--cores-per-node', 'NaN'], 'It is not a whole number from 1 to 100000'],
  ['no job', ['solver.pharos', '--jobs', '1e9'], 'It is not a whole number from 1 to 100000'],
  ['no launcher of that name', ['solver.pharos', '--launcher', 'qrun'], 'there is no launcher qrun'],
  ['no transport of that name', ['solver.pharos', '--transport', 'pigeon'], 'there is no transport pigeon'],
  ['a profile that is not there', ['solver.pharos', '--profile', 'gone'], 'there is no file system profile gone'],
  ['a profile that is a device without end', ['solver.pharos', '--profile', '/dev/zero'], 'it is not a file'],
  ['a profile that is a folder', ['solver.pharos', '--profile', '.'], 'it is a folder'],
  ['negative slots', ['solver.pharos', '--profile', 'negative.json'], 'the profile is wrong at server.metadataSlots'],
  ['10^9 slots', ['solver.pharos', '--profile', 'huge.json'], 'the profile is wrong at server.metadataSlots'],
  ['slots that are no number', ['solver.pharos', '--profile', 'nan.json'], 'the profile is wrong at server.metadata'],
])('%s: a clear error with what to do', ([, args, message]) => {
  const { status, stdout, stderr } = scale(...args);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr).toContain('hint: ');
});
