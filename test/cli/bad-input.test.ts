import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { solverJob } from '../recordings/solver-job.ts';
import { stepRecordings } from '../recordings/step-draft.ts';
import { writeRecording } from '../recordings/write-recording.ts';
import { pharos } from './run.ts';
import { scratchFolder } from './samples.ts';

const cwd = scratchFolder('bad-input');
const write = (name: string, content: string | Uint8Array) => writeFileSync(join(cwd, name), content);

const good = writeRecording(solverJob());
const packed = gzipSync(good);
const damaged = Buffer.from(packed);
damaged.fill(0xff, 200, 260);

write('empty.pharos', '');
write('foreign.pharos', gzipSync('hello\n'));
write('image.pharos', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 3]));
write('damaged.pharos', damaged);
write('header-only.pharos', packed.subarray(0, 30));
write('newer.pharos', gzipSync(good.replace('["pharos-recording",1,', '["pharos-recording",99,')));
write('malformed.pharos', gzipSync(`${good.slice(0, good.indexOf('\n'))}\n["o",-1,"x"]\n["end"]\n`));
write('cycle.pharos', gzipSync(`${good.slice(0, good.indexOf('\n'))}\n["p",1,1,"a"]\n["end"]\n`));
write('newer.report.json', '{"kind":"pharos-report","version":99}');
write('other.report.json', '{"kind":"something"}');
write('cut.report.json', '{"kind":"pharos-report","version":1,"tool":');
write('nonsense.json', '{"kind":"pharos-filesystem-profile","version":2,"id":"x","server":{"metadataSlots":-1}}');
write('good.pharos', packed);
write('step.pharos', gzipSync(writeRecording(stepRecordings({ nodes: 1 })[0])));
write('mine.pharos', 'not a recording');
mkdirSync(join(cwd, 'folder'));
symlinkSync('nowhere', join(cwd, 'dangling.pharos'));

/** One line each: what was typed is the name of the test. */
const cases = [
  'audit',
  'audit missing.pharos',
  'audit folder',
  'audit dangling.pharos',
  'audit empty.pharos',
  'audit foreign.pharos',
  'audit image.pharos',
  'audit damaged.pharos',
  'audit header-only.pharos',
  'audit newer.pharos',
  'audit malformed.pharos',
  'audit cycle.pharos',
  'audit python3 app.py',
  'audit good.pharos -- python3 app.py',
  'audit good.pharos --nodes 0',
  'audit good.pharos --nodes -3',
  'audit good.pharos --nodes 1e3',
  'audit good.pharos --ranks-per-node many',
  'audit good.pharos --profile nonsense',
  'audit good.pharos --profile nonsense.json',
  'audit good.pharos --fail-on everything',
  'audit good.pharos --allow no-such-audit',
  'audit good.pharos --as pdf',
  'audit good.pharos --out missing/stem',
  'audit --out mine -- python3 app.py',
  'audit --out missing/stem -- python3 app.py',
  'audit --frobnicate',
  'audit step.pharos',
  'audit step.pharos good.pharos',
  'doctor',
  'doctor missing.pharos',
  'doctor good.pharos',
  'doctor step.pharos good.pharos',
  'doctor step.pharos -- python3 app.py',
  'doctor python3 app.py',
  'doctor empty.pharos damaged.pharos',
  'doctor step.pharos --allow no-such-audit',
  'doctor step.pharos --as pdf',
  'doctor --seconds 0 -- python3 app.py',
  'doctor --out missing/stem -- python3 app.py',
  'report',
  'report newer.report.json',
  'report other.report.json',
  'report cut.report.json',
  'explain no-such-page',
  'explain ../../package',
  'collector',
  'collector --to missing/collector.pyz',
  'audit --kernel no-such-kernel',
  'frobnicate',
  '-- python3 app.py',
];

test.for(cases)('pharos %s', (line) => {
  const before = readdirSync(cwd);
  const { status, stdout, stderr } = pharos(line.split(' '), { cwd });
  expect(status).toBe(2);
  expect(stdout).toBe('');
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(readdirSync(cwd)).toEqual(before);
  expect(stderr).toMatchSnapshot();
});

test('a place that cannot be written is said before anything runs', () => {
  // Nobody, not even root, makes files there.
  const { status, stderr } = pharos(['audit', '--out', '/sys/job', '--', 'touch', 'ran'], { cwd });
  expect(status).toBe(2);
  expect(stderr).toMatch(/^error: \/sys\/job\.pharos cannot be written: .*\nhint: /);
  expect(readdirSync(cwd)).not.toContain('ran');
});

test('a recording that unpacks to more than any real one is refused, not swallowed', () => {
  const line = `["s",1,"${'x'.repeat(4000)}"]\n`;
  const bomb = gzipSync(good.slice(0, good.indexOf('\n') + 1) + line.repeat(80_000));
  write('bomb.pharos', bomb);
  const { status, stderr } = pharos(['audit', 'bomb.pharos'], { cwd });
  expect(status).toBe(2);
  expect(stderr).toMatch(/^error: bomb\.pharos: .*\nhint: /);
});
