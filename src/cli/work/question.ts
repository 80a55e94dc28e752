import { readFileSync, statSync } from 'node:fs';
import { audits } from '#audits';
import { failure, type Result, success } from '#base';
import type { Question } from '#engine';
import { filesystemProfiles, findFilesystemProfile } from '#knowledge';
import { type FilesystemProfile, type Report, readProfile } from '#schema';
import { sayErrno } from '../files/index.ts';

/** What the user may say about how to judge, as commander gives it. */
export interface QuestionOptions {
  readonly nodes?: number;
  readonly ranksPerNode?: number;
  readonly profile?: string;
  readonly allow?: readonly string[];
}

function readAllowed(texts: readonly string[]): Result<ReadonlyMap<string, string>> {
  const allowed = new Map<string, string>();
  for (const text of texts) {
    const [, id = '', because = ''] = /^\s*([\w-]*)\s*:?\s*(.*?)\s*$/s.exec(text) ?? [];
    if (!audits.some((audit) => audit.id === id)) {
      const hint = 'Run pharos explain to list what there is.';
      return failure({ code: 'cli/unknown-audit', message: `there is no audit ${id || text} to allow`, hint });
    }
    if (because === '') {
      const hint = `Say why: --allow '${id}: because …'.`;
      return failure({ code: 'cli/no-reason', message: `the reason for allowing ${id} is missing`, hint });
    }
    allowed.set(id, because);
  }
  return success(allowed);
}

/** More than any profile; a pipe or a device may have no end. */
const MOST_PROFILE_BYTES = 4 * 2 ** 20;

function readProfileFile(path: string): Result<FilesystemProfile> {
  const found = statSync(path);
  if (found.isFile() && found.size <= MOST_PROFILE_BYTES) return readProfile(readFileSync(path, 'utf8'));
  const why = found.isFile() ? 'it is larger than any profile' : 'it is not a file';
  return failure({
    code: 'cli/cannot-read',
    message: `${path}: ${found.isDirectory() ? 'it is a folder' : why}`,
    hint: 'Check the name of the file.',
  });
}

/** A name that we ship, else a file. */
export function chooseProfile(profile: string): Result<string | FilesystemProfile> {
  if (findFilesystemProfile(profile)) return success(profile);
  try {
    return readProfileFile(profile);
  } catch (error) {
    const known = filesystemProfiles.map(({ id }) => id).join(', ');
    const message = `there is no file system profile ${profile}, nor a file that can be read: ${sayErrno(error)}`;
    return failure({ code: 'cli/no-profile', message, hint: `Use one of ${known}, or a JSON file.` });
  }
}

/** What to ask about the job. Checked before the job runs: a slip of the keys must not cost a run. */
export function readQuestion({ nodes, ranksPerNode, profile, allow = [] }: QuestionOptions): Result<Question> {
  const allowed = readAllowed(allow);
  if (!allowed.ok) return allowed;
  const chosen = profile === undefined ? undefined : chooseProfile(profile);
  if (chosen && !chosen.ok) return chosen;
  const scale = {
    ...(nodes === undefined ? {} : { nodes }),
    ...(ranksPerNode === undefined ? {} : { ranksPerNode }),
    ...(chosen === undefined ? {} : { profile: chosen.value }),
  };
  return success({ scale, allowed: allowed.value });
}

const SEVERITIES = ['error', 'warning', 'note'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Whether a finding at least so severe stands. */
export function reaches(report: Pick<Report, 'categories'>, threshold: Severity): boolean {
  const severe = SEVERITIES.slice(0, SEVERITIES.indexOf(threshold) + 1);
  return report.categories.some(({ verdicts }) =>
    verdicts.some(
      ({ verdict, allowed }) =>
        verdict.kind === 'fail' &&
        allowed === undefined &&
        verdict.findings.some(({ severity }) => severe.includes(severity)),
    ),
  );
}
