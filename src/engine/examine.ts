import { startAudits } from '#audits';
import { type Failure, failure, type Result, success, VERSION } from '#base';
import { gatherers } from '#gather';
import type { StartModel } from '#scale';
import { REPORT_VERSION, type Recording, type Report } from '#schema';
import { ask, listCategories } from './ask.ts';
import { listCauses } from './calls.ts';
import { drawCurve } from './curve.ts';
import { type Gathered, gatherAll } from './gathered.ts';
import { writeHeadline } from './headline.ts';
import { drawIcicle } from './icicle.ts';
import { makeModel } from './model.ts';
import { listPackages } from './packages.ts';
import { prescribe } from './prescribe.ts';
import { examineStep } from './step/examine-step.ts';
import { describeEnvironment, describeJob, listPhases, listUnknowns } from './surroundings.ts';
import { makeTarget, type Scale } from './target.ts';

export interface Question {
  readonly scale: Scale;
  /** Ids of audits whose findings the user allows, with the reason. */
  readonly allowed: ReadonlyMap<string, string>;
}

/** Recordings of several ranks are of one job when they ran the same thing with the same Python. */
function isSameJob(a: Recording, b: Recording): boolean {
  const name = ({ facts }: Recording) => [facts.command[0]?.script, facts.command[0]?.form, facts.python[0]?.version];
  return JSON.stringify(name(a)) === JSON.stringify(name(b));
}

const asSentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`;

/** Nothing was seen that could be audited; the collector says why. */
function noPython({ facts }: Recording): Failure {
  const missing = facts.missing.find(({ what }) => what === 'job');
  return {
    code: 'engine/no-python',
    message: missing?.because ?? 'no Python process of the job was seen',
    hint: asSentence(missing?.hint ?? 'check that the command starts Python'),
  };
}

const hasJob = ({ processes }: Recording) => [...processes.values()].some(({ role }) => role === 'job');

function measure(gathered: Gathered, model: StartModel | undefined) {
  const { accesses, imports, python, ranks, run } = gathered.artifacts;
  return {
    phases: listPhases(run),
    icicle: imports ? drawIcicle(imports, accesses) : [],
    causes: accesses ? listCauses(accesses, model) : [],
    packages: imports ? listPackages(imports, python, accesses) : [],
    ranks: {
      rows: (ranks?.startSeconds ?? []).map(({ operations, ...row }) => ({ ...row, calls: operations })),
      differences: [...(ranks?.differences ?? [])],
    },
    removed: { ...run?.removed },
  };
}

function describeOperations({ accesses }: Gathered['artifacts']): Pick<Report, 'operations'> {
  if (!accesses) return {};
  const { coverage, source, because } = accesses;
  return { operations: { coverage, source, ...(because === undefined ? {} : { because }) } };
}

const isOfStep = ({ facts }: Recording): boolean => facts.step.length > 0;

/** From the recordings of one job to what they mean: of a start one for each observed rank, lowest first; of a step one for each node. */
export function examine(recordings: readonly [Recording, ...Recording[]], question: Question): Result<Report> {
  const ofSteps = recordings.filter(isOfStep);
  if (ofSteps.length === recordings.length) return examineStep(recordings, question.allowed);
  if (ofSteps.length > 0) {
    return failure({
      code: 'engine/mixed-recordings',
      message: `${ofSteps.length} of ${recordings.length} recordings are of a step that the doctor looked at, the others of a start`,
      hint: 'Give one kind at a time.',
    });
  }
  return examineStart(recordings, question);
}

function examineStart(recordings: readonly [Recording, ...Recording[]], question: Question): Result<Report> {
  const [first] = recordings;
  if (!recordings.every((other) => isSameJob(first, other))) {
    return failure({
      code: 'engine/different-jobs',
      message: 'the recordings are of different jobs',
      hint: 'Give the recordings of one job, one for each observed rank; compare two jobs with pharos diff.',
    });
  }
  if (!recordings.some(hasJob)) return failure(noPython(first));
  const { artifacts, failures } = gatherAll(gatherers, recordings);
  const target = makeTarget(first, artifacts, question.scale);
  const gathered: Gathered = { artifacts: { ...artifacts, target }, failures };
  const made = makeModel(gathered);
  const model = made.ok ? made.value : undefined;
  const asked = ask(startAudits, gathered, question.allowed);
  const { remedies, failures: mistakes } = prescribe(asked, gathered);
  const atScale = model?.seconds(target.nodes);
  const requestsPerNode = model?.requests().metadata;
  const headline = writeHeadline({ artifacts, target, atScale, requestsPerNode, asked, remedies });
  const unmodelled = made.ok || made.failure.code !== 'engine/internal' ? [] : [made.failure];
  const ours = [
    ...mistakes.map((failure) => ({ what: 'remedies', failure })),
    ...unmodelled.map((failure) => ({ what: 'the cost at scale', failure })),
  ];
  return success({
    kind: 'pharos-report',
    version: REPORT_VERSION,
    tool: { name: 'pharos', version: VERSION },
    job: describeJob(first, artifacts),
    target,
    ...describeOperations(artifacts),
    headline,
    categories: listCategories(asked),
    remedies: remedies.map(({ cut, ...remedy }) => remedy),
    ...(model ? { curve: drawCurve(model, target, remedies) } : {}),
    ...measure(gathered, model),
    unknowns: listUnknowns(artifacts, failures, ours),
    environment: describeEnvironment(first, artifacts),
  });
}
