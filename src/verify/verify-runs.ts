import { type Result, success, VERSION } from '#base';
import { CHECKS, type Check, type ImageManifest, type Recording, type Verification } from '#schema';
import { check, leftOut } from './check.ts';
import { checkStage } from './check-stage.ts';
import { compareDistributions } from './compare-distributions.ts';
import { compareExits } from './compare-exits.ts';
import { compareInterpreters } from './compare-interpreters.ts';
import { compareLibraries } from './compare-libraries.ts';
import { compareModules } from './compare-modules.ts';
import { compareOutputs, type Output } from './compare-outputs.ts';
import { findStage } from './find-stage.ts';
import { ground } from './ground.ts';
import { judgeOtherCalls, judgeStagedCalls, tellLeftCalls } from './judge-calls.ts';
import type { Machine } from './machine.ts';
import { originals } from './originals.ts';
import { checkOriginals, type Snapshot } from './originals-unchanged.ts';
import { realPaths } from './real-paths.ts';
import { type Run, readRun } from './run.ts';
import { type ToldCalls, tellCalls } from './tell-calls.ts';

/** What is verified, and how it was asked for. */
export interface Subject {
  /** As it was typed. */
  readonly image: string;
  readonly manifest: ImageManifest;
  readonly command: readonly string[];
}

export interface ObservedRun {
  /** Traced, with whole paths. */
  readonly recording: Recording;
  readonly output: Output;
}

/** The two runs, and what the machine looks like after them: the stage is still there. */
export interface Evidence {
  /** What was found of the image before. */
  readonly image: Check;
  readonly plain: ObservedRun;
  readonly staged: ObservedRun;
  /** Around the run from the image. */
  readonly before: Snapshot;
  readonly after: Snapshot;
  readonly ignoresOutput: boolean;
}

const inOrder = (checks: readonly Check[]) => CHECKS.flatMap((id) => checks.filter((each) => each.id === id));

function verification({ image, manifest, command }: Subject, checks: readonly Check[]): Verification {
  return {
    kind: 'pharos-verification',
    version: 1,
    made: { pharos: VERSION },
    image: { path: image, digest: manifest.digest },
    command: [...command],
    green: checks.every(({ outcome }) => outcome !== 'differs'),
    checks: inOrder(checks),
    processes: [],
    calls: [],
    moreCalls: 0,
  };
}

/** An image that is not as it was packed: nothing of it is started. */
export function verifyDamaged(subject: Subject, image: Check): Verification {
  const others = CHECKS.filter((id) => id !== 'image' && id !== 'left-calls').map((id) =>
    leftOut(id, 'the image is damaged'),
  );
  return verification(subject, [image, ...others]);
}

const sum = ({ processes }: ToldCalls, of: 'staged' | 'other') =>
  processes.reduce((total, process) => total + process[of], 0);

function compareOutput({ plain, staged, ignoresOutput }: Evidence, stages: readonly string[], run: Run): Check {
  if (ignoresOutput) return leftOut('output', 'it was not asked for');
  const processes = run.families.all.reduce((total, { pythons }) => total + pythons.length, 0);
  return compareOutputs({ plain: plain.output, staged: staged.output }, stages, processes);
}

/** Compares the two runs and looks at the stage; a failure where one of them could not be seen whole. */
export async function verifyRuns(
  subject: Subject,
  evidence: Evidence,
  machine: Machine,
): Promise<Result<Verification>> {
  const { manifest } = subject;
  const before = readRun(evidence.plain.recording, 'the run as it is');
  if (!before.ok) return before;
  const after = readRun(evidence.staged.recording, 'the run from the image');
  if (!after.ok) return after;
  const real = realPaths(machine.host);
  const named = findStage(evidence.staged.recording, after.value, manifest.digest);
  const stage = named === undefined ? undefined : await real.of(named);
  const own = new Set(manifest.files.filter(({ layer }) => layer === 'start').map(({ path }) => path));
  const sides = {
    plain: { run: before.value, originals: originals(real) },
    staged: { run: after.value, originals: originals(real, stage, own) },
  };
  const plainCalls = await tellCalls(before.value, ground(manifest, evidence.plain.recording, real, undefined));
  const calls = await tellCalls(after.value, ground(manifest, evidence.staged.recording, real, stage));
  const nowhere = check('stage', 'the job did not start there', [
    'no process of the job asked for a stage of the image',
  ]);
  const checks = [
    evidence.image,
    named === undefined ? nowhere : await checkStage(named, manifest, machine),
    await checkOriginals(manifest, evidence.before, evidence.after, machine),
    await compareInterpreters(sides),
    await compareModules(sides),
    await compareDistributions(sides),
    await compareLibraries(sides),
    compareExits(sides),
    compareOutput(
      evidence,
      [named, stage].filter((each) => each !== undefined),
      after.value,
    ),
    judgeStagedCalls(plainCalls, calls),
    ...tellLeftCalls(plainCalls, calls, manifest.left?.length ?? 0),
    judgeOtherCalls(plainCalls, calls),
  ];
  return success({
    ...verification(subject, checks),
    ...(named === undefined ? {} : { stage: named }),
    processes: [...calls.processes],
    before: { staged: sum(plainCalls, 'staged'), other: sum(plainCalls, 'other') },
    calls: [...calls.calls],
    moreCalls: calls.more,
  });
}
