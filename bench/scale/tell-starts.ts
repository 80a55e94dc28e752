import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type FilesystemProfile, ScaleTable } from '../../src/schema/index.ts';
import { pharos } from '../../test/real/pharos.ts';
import { built, type Job, python, scriptOf } from './environment.ts';

export interface Told {
  readonly low: number;
  readonly likely: number;
  readonly high: number;
}

const folder = join(built, 'recordings');

/** One start of one rank on the local disk, observed once: all that is known of the job. */
function record(job: Job): string {
  mkdirSync(folder, { recursive: true });
  const stem = join(folder, job.id);
  if (existsSync(`${stem}.pharos`)) return `${stem}.pharos`;
  const { status, stderr } = pharos(['audit', '--out', stem, '--', python, scriptOf(job)]);
  if (status !== 0) throw new Error(`pharos audit ended with status ${status}: ${stderr.slice(-2000)}`);
  return `${stem}.pharos`;
}

/** What Pharos tells of the job's start for each number of nodes, as a user asks it. */
export function tellStarts(
  job: Job,
  profile: FilesystemProfile,
  nodes: readonly number[],
  ranksPerNode: number,
): ReadonlyMap<number, Told> {
  const file = join(folder, `${profile.id}.profile.json`);
  const recording = record(job);
  writeFileSync(file, JSON.stringify(profile));
  const scale = ['--nodes', nodes.join(','), '--ranks-per-node', String(ranksPerNode), '--profile', file];
  const { status, stdout, stderr } = pharos(['scale', recording, ...scale, '--as', 'json']);
  if (status !== 0) throw new Error(`pharos scale ended with status ${status}: ${stderr.slice(-2000)}`);
  const table = ScaleTable.parse(JSON.parse(stdout));
  return new Map(table.points.map((point) => [point.nodes, asItIs(point)]));
}

function asItIs({ starts }: ScaleTable['points'][number]): Told {
  const start = starts.find(({ plan }) => plan === 'as-is');
  if (!start) throw new Error('pharos scale does not tell the start as it is');
  return start.seconds;
}
