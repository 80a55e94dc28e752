import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { type Report, readReport } from '#schema';
import { type Ran, root, run, type Where } from './run.ts';

export const collector = join(root, 'dist/pharos-collect.pyz');

export const pharos = (args: readonly string[], where: Where = {}): Ran => run([join(root, 'pharos'), ...args], where);

export interface Audited extends Ran {
  readonly report: Report;
  readonly recording: string;
  readonly html: string;
}

export function reportOf(file: string): Report {
  const report = readReport(JSON.parse(readFileSync(file, 'utf8')));
  if (!report.ok) throw new Error(report.failure.message);
  return report.value;
}

/** Audits a command, as a user does, with files that begin with `stem`. */
export function audit(
  stem: string,
  command: readonly string[],
  options: readonly string[] = [],
  where: Where = {},
): Audited {
  const ran = pharos(['audit', '--out', stem, ...options, '--', ...command], { cwd: dirname(stem), ...where });
  if (ran.status !== 0) throw new Error(`pharos audit ended with status ${ran.status}:\n${ran.stderr.slice(-4000)}`);
  const recording = `${stem}.pharos`;
  return { ...ran, report: reportOf(`${stem}.report.json`), recording, html: `${stem}.report.html` };
}

/** Recordings with this stem, one for each observed rank. */
export function listRecordings(stem: string): string[] {
  const name = `${basename(stem)}.`;
  const files = readdirSync(dirname(stem)).filter((file) => file.startsWith(name) && file.endsWith('.pharos'));
  return files.map((file) => join(dirname(stem), file)).sort();
}

export const unpack = (recording: string): string => gunzipSync(readFileSync(recording)).toString('latin1');

/** The findings of one audit, in the report's order. */
export function findingsOf(report: Report, audit: string) {
  const verdicts = report.categories.flatMap((category) => category.verdicts);
  const found = verdicts.find((verdict) => verdict.audit === audit);
  if (!found) throw new Error(`no verdict of ${audit}`);
  return found.verdict.kind === 'fail' ? found.verdict.findings : [];
}
