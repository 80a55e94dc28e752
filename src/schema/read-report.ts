import * as z from 'zod';
import { failure, type Result, success } from '#base';
import { REPORT_VERSION, Report } from './report.ts';

const AnyVersion = z.looseObject({ kind: z.literal('pharos-report'), version: z.int().positive() });
type AnyVersion = z.infer<typeof AnyVersion>;

/** Each step turns version N into N + 1. Steps are added, never edited. */
const upgrades: Record<number, (old: AnyVersion) => AnyVersion> = {
  // `step` and a finding's `fix` came: both may be absent.
  1: (old) => ({ ...old, version: 2 }),
};

/** Reads a report of any version we ever wrote. */
export function readReport(json: unknown): Result<Report> {
  const first = AnyVersion.safeParse(json);
  if (!first.success) return failure({ code: 'schema/not-a-report', message: 'this is not a pharos report' });
  let report: AnyVersion = first.data;
  if (report.version > REPORT_VERSION) {
    return failure({
      code: 'schema/newer-report',
      message: `the report has version ${report.version}, this pharos reads up to ${REPORT_VERSION}`,
      hint: 'Update pharos.',
    });
  }
  for (let upgrade = upgrades[report.version]; upgrade; upgrade = upgrades[report.version]) report = upgrade(report);
  const parsed = Report.safeParse(report);
  if (parsed.success) return success(parsed.data);
  return failure({ code: 'schema/malformed-report', message: z.prettifyError(parsed.error) });
}
