import { type Result, success, VERSION } from '#base';
import type { StartModel } from '#scale';
import { REPORT_VERSION, type Recording, type Report } from '#schema';
import { listCategories } from '../ask.ts';
import type { Gathered } from '../gathered.ts';
import { judgeJobPackaging } from '../packaging.ts';
import type { Question } from '../question.ts';
import { listCauses } from './calls.ts';
import { drawCurve } from './curve.ts';
import { writeHeadline } from './headline.ts';
import { drawIcicle } from './icicle.ts';
import { listPackages } from './packages.ts';
import { prepareStart } from './prepare-start.ts';
import { describeEnvironment, describeJob, listPhases, listUnknowns } from './surroundings.ts';

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
  { scale, allowed, environment }: Question,
): Result<Report> {
  const prepared = prepareStart(recordings, scale, allowed);
  if (!prepared.ok) return prepared;
  const { first, gathered, target, made, prescriptions } = prepared.value;
  const packaging = judgeJobPackaging(environment, allowed);
  const asked = [...prepared.value.asked, ...packaging.asked];
  const { artifacts, failures } = gathered;
  const { remedies, failures: mistakes } = prescriptions;
  const model = made.ok ? made.value : undefined;
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
    unknowns: [...listUnknowns(artifacts, failures, ours), ...packaging.unknowns],
    environment: describeEnvironment(first, artifacts),
  });
}
