import { startAudits } from '#audits';
import { type Failure, failure, type Result, success, VERSION } from '#base';
import { gatherers } from '#gather';
import type { StartModel } from '#scale';
import { REPORT_VERSION, type Recording, type Report } from '#schema';
import { ask, listCategories } from '../ask.ts';
import { type Gathered, gatherAll } from '../gathered.ts';
import { listCauses } from './calls.ts';
import { drawCurve } from './curve.ts';
import { writeHeadline } from './headline.ts';
import { drawIcicle } from './icicle.ts';
import { makeModel } from './model.ts';
import { listPackages } from './packages.ts';
import { prescribe } from './prescribe.ts';
import { describeEnvironment, describeJob, listPhases, listUnknowns } from './surroundings.ts';
import { makeTarget, type Scale } from './target.ts';

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

/** From the recordings of one job, one for each observed rank, lowest first, to what they mean. */
export function examineStart(
  recordings: readonly [Recording, ...Recording[]],
  scale: Scale,
  allowed: ReadonlyMap<string, string>,
): Result<Report> {
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
  const target = makeTarget(first, artifacts, scale);
  const gathered: Gathered = { artifacts: { ...artifacts, target }, failures };
  const made = makeModel(gathered);
  const model = made.ok ? made.value : undefined;
  const asked = ask(startAudits, gathered, allowed);
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
