import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { examine, examineScale } from '#engine';
import { gatherers } from '#gather';
import { renderScaleText, renderText } from '#report';
import { type Access, type Accesses, type Recording, Report, recordingReader, ScaleTable } from '#schema';

// The whole pipeline on real jobs, without running them: recording, artifacts, report, text.

const jobs = readdirSync(import.meta.dirname, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

function readJob(job: string): Recording {
  const reader = recordingReader();
  reader.push(gunzipSync(readFileSync(join(import.meta.dirname, job, 'recording.pharos'))).toString());
  const recording = reader.end();
  if (!recording.ok) throw new Error(recording.failure.message);
  return recording.value;
}

/** Rows of a list that a reviewer still reads. */
const MOST_ROWS = 40;

const rounded = (_: string, value: unknown) => (typeof value === 'number' ? Number(value.toPrecision(3)) : value);
const shortened = (key: string, value: unknown) =>
  Array.isArray(value) && value.length > MOST_ROWS
    ? [...value.slice(0, MOST_ROWS), `and ${value.length - MOST_ROWS} more`]
    : rounded(key, value);
const written = (value: unknown) => `${JSON.stringify(value, shortened, 2)}\n`;

/** Calls added up by what they were for. */
function totals({ accesses, paths, ...rest }: Accesses) {
  const calls: Record<string, number> = {};
  const name = ({ phase, cause, operation, error }: Access) => [phase, cause, operation, error].join(' ').trim();
  for (const access of accesses) calls[name(access)] = (calls[name(access)] ?? 0) + access.count;
  return { ...rest, paths: paths.length, calls: Object.fromEntries(Object.entries(calls).sort()) };
}

function gather(recording: Recording) {
  const made = gatherers.map(({ makes, gather: make }) => [makes, make([recording])] as const);
  return Object.fromEntries(
    made.map(([makes, artifact]) => [
      makes,
      artifact.ok && makes === 'accesses' ? totals(artifact.value as Accesses) : artifact,
    ]),
  );
}

/** Lines of the blocks of text in a page. */
function blocksOf(page: string): string[] {
  const text = readFileSync(join(import.meta.dirname, '../..', page), 'utf8');
  return [...text.matchAll(/```text\n(.*?)```/gs)].flatMap(([, block = '']) => block.split('\n'));
}

test('the guide shows what is told', () => {
  const question = { scale: { ranksPerNode: 64 }, nodes: [1, 16, 256, 4096], launcher: 'slurm', transports: ['sbcast'] };
  const table = examineScale([readJob('twenty-entries')], { ...question, explain: 256 });
  if (!table.ok) throw new Error(table.failure.message);
  const shown = blocksOf('docs/guides/scale.md');
  const told = new Set(renderScaleText(table.value).split('\n'));
  expect(shown.length).toBeGreaterThan(40);
  expect(shown.filter((line) => line !== '' && !told.has(line))).toEqual([]);
});

describe.for(jobs)('%s', (job) => {
  const golden = (name: string) => join(import.meta.dirname, job, name);
  const recording = readJob(job);
  const report = examine([recording], { scale: { nodes: 128, ranksPerNode: 32 }, allowed: new Map() });
  if (!report.ok) throw new Error(report.failure.message);

  test('recording to artifacts', async () => {
    await expect(written(gather(recording))).toMatchFileSnapshot(golden('artifacts.json'));
  });

  test('artifacts to report', async () => {
    expect(Report.safeParse(report.value).error).toBeUndefined();
    await expect(written(report.value)).toMatchFileSnapshot(golden('report.json'));
  });

  test('report to text', async () => {
    await expect(renderText(report.value)).toMatchFileSnapshot(golden('report.txt'));
  });

  test('recording to its cost as the job grows', async () => {
    const table = examineScale([recording], { scale: { ranksPerNode: 32 }, explain: 128 });
    if (!table.ok) throw new Error(table.failure.message);
    expect(ScaleTable.safeParse(table.value).error).toBeUndefined();
    // One is enough to review: the others differ in numbers that their text holds too.
    if (job === 'heat') await expect(written(table.value)).toMatchFileSnapshot(golden('scale.json'));
    await expect(renderScaleText(table.value)).toMatchFileSnapshot(golden('scale.txt'));
  });
});
