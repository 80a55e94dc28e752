import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Calibration, readProfile } from '#schema';
import { syntheticCalibration } from '../../src/calibrate/synthetic-calibration.ts';
import { pharos } from './run.ts';
import { scratchFolder } from './samples.ts';

// `pharos calibrate FILE…`: what was timed is that of a server that is known.

const cwd = scratchFolder('calibrate');

const known = syntheticCalibration({
  ...{ roundTrip: 200, service: { miss: 100, stat: 100, open: 150, list: 750 }, requests: { list: 3 } },
  ...{ kept: ['stat'], slots: 4, processes: [1, 2, 4, 8, 16, 32] },
});

function writeTimes(name: string, calibration: Calibration = known): string {
  writeFileSync(join(cwd, name), JSON.stringify(calibration));
  return name;
}

function readWritten(name: string) {
  const profile = readProfile(readFileSync(join(cwd, name), 'utf8'));
  if (!profile.ok) throw new Error(profile.failure.message);
  return profile.value;
}

test('what was measured is said in 80 columns, and the profile is written and can be used', () => {
  const { status, stdout, stderr } = pharos(['calibrate', writeTimes('mount.n1.calibration.json')], { cwd });
  expect(stderr).toContain('wrote mount.n1.profile.json');
  expect({ status, wide: stdout.split('\n').filter((line) => line.length > 80) }).toEqual({ status: 0, wide: [] });
  expect(stdout).toMatchSnapshot();
  expect(readWritten('mount.n1.profile.json').server.metadataSlots.likely).toBeCloseTo(4, 0);
});

test('--as json gives the profile that is written, and -o says where', () => {
  const { status, stdout } = pharos(
    ['calibrate', writeTimes('a.calibration.json'), '--as', 'json', '-o', 'mine.json'],
    { cwd },
  );
  expect(status).toBe(0);
  expect(JSON.parse(stdout)).toEqual(readWritten('mine.json'));
  // A profile may be replaced.
  expect(pharos(['calibrate', 'a.calibration.json', '-o', 'mine.json'], { cwd }).status).toBe(0);
});

test('a file that is no profile is not written over', () => {
  writeFileSync(join(cwd, 'precious.json'), '{}');
  const { status, stderr } = pharos(['calibrate', writeTimes('a.calibration.json'), '-o', 'precious.json'], { cwd });
  expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining('was not written by pharos') });
  expect(readFileSync(join(cwd, 'precious.json'), 'utf8')).toBe('{}');
});

test.for<[string, string[], string]>([
  ['no calibration', ['junk.json'], 'the calibration is wrong at kind'],
  ['a file that is not there', ['gone.calibration.json'], 'gone.calibration.json: no such file or folder'],
  ['a profile that is not there', ['a.calibration.json', '--like', 'gone'], 'there is no file system profile gone'],
  ['--load with files', ['a.calibration.json', '--load'], '--load measures'],
  ['two folders', ['.', '..'], 'one folder is calibrated at a time'],
  ['nonsense for seconds', ['.', '--seconds', '900'], 'It is not a whole number from 10 to 30'],
])('%s: a clear error, and nothing is written', ([, args, message]) => {
  writeTimes('a.calibration.json');
  writeFileSync(join(cwd, 'junk.json'), '{"kind":"other"}');
  const { status, stderr } = pharos(['calibrate', ...args, '-o', 'none.json'], { cwd });
  expect({ status, stderr }).toMatchObject({ status: 2, stderr: expect.stringContaining(message) });
  expect(stderr).toContain('hint: ');
  expect(existsSync(join(cwd, 'none.json'))).toBe(false);
});

test('what a hostile file says of its mount cannot move the cursor', () => {
  const hostile = { ...known, mount: { ...known.mount, type: '\u001b[2Jnfs' }, notes: ['\u001b]0;x\u0007'] };
  const { stdout } = pharos(['calibrate', writeTimes('hostile.calibration.json', hostile)], { cwd });
  expect(stdout).toContain('\\x1b[2Jnfs');
  expect(stdout).not.toContain('\u001b');
});
