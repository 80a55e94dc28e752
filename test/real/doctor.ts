import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Recording, type Report, readReport, recordingReader, type Verdict } from '#schema';
import { systemPython } from './examples.ts';
import { collector, pharos } from './pharos.ts';

/** The command line of a doctor that writes `STEM.NODE.pharos`. */
export const doctorLine = (
  stem: string,
  command: readonly string[] = [],
  options: readonly string[] = [],
): string[] => [
  systemPython,
  collector,
  'doctor',
  '-o',
  `${stem}.pharos`,
  ...options,
  ...(command.length > 0 ? ['--', ...command] : []),
];

/** The recordings of a step with this stem, one a node. */
export function listNodeFiles(stem: string): string[] {
  const files = readdirSync(dirname(stem)).filter((file) => file.startsWith(`${basename(stem)}.`));
  return files
    .filter((file) => file.endsWith('.pharos'))
    .map((file) => join(dirname(stem), file))
    .sort();
}

/** What the collector wrote, through the same reader that the command line uses. */
export function readNodeFile(file: string): Recording {
  const reader = recordingReader();
  reader.push(gunzipSync(readFileSync(file)).toString());
  const recording = reader.end();
  if (!recording.ok) throw new Error(`${file}: ${recording.failure.message}`);
  return recording.value;
}

/** The rank facts of a step by rank. */
export const rankFacts = (recordings: readonly Recording[]) =>
  new Map(recordings.flatMap(({ facts }) => facts.rank.map((fact) => [fact.rank, fact] as const)));

/** The report that the command line makes of a step's files. */
export function stepReport(files: readonly string[]): Report {
  const { status, stdout, stderr } = pharos(['doctor', '--as', 'json', ...files]);
  if (status !== 0) throw new Error(stderr);
  const report = readReport(JSON.parse(stdout));
  if (!report.ok) throw new Error(report.failure.message);
  return report.value;
}

export function verdictOf({ categories }: Report, audit: string): Verdict {
  const found = categories.flatMap(({ verdicts }) => verdicts).find((verdict) => verdict.audit === audit);
  if (!found) throw new Error(`no verdict of ${audit}`);
  return found.verdict;
}
