import { stepAudits } from '#audits';
import { type Result, success, VERSION } from '#base';
import { stepGatherers } from '#gather';
import { REPORT_VERSION, type Recording, type Report } from '#schema';
import { ask, listCategories } from '../ask.ts';
import { gatherAll } from '../gathered.ts';
import { listUnknowns } from '../surroundings.ts';

/** From the recordings of one step, one for each node, to what is plainly wrong. */
export function examineStep(
  recordings: readonly [Recording, ...Recording[]],
  allowed: ReadonlyMap<string, string>,
): Result<Report> {
  const [first] = recordings;
  const gathered = gatherAll(stepGatherers, recordings);
  const { artifacts, failures } = gathered;
  const asked = ask(stepAudits, gathered, allowed);
  return success({
    kind: 'pharos-report',
    version: REPORT_VERSION,
    tool: { name: 'pharos', version: VERSION },
    job: {
      script: artifacts.step?.command?.script ?? '',
      form: artifacts.step?.command?.form ?? 'unknown',
      started: first.started,
      outcome: 'not known',
      python: artifacts.interpreters?.groups[0]?.value.version ?? 'not known',
      observedRanks: artifacts.step?.nodes.flatMap(({ ranks }) => ranks).length ?? 0,
      truncated: recordings.some(({ truncated }) => truncated),
    },
    headline: { sentences: [] },
    phases: [],
    categories: listCategories(asked),
    remedies: [],
    icicle: [],
    causes: [],
    packages: [],
    ranks: { rows: [], differences: [] },
    unknowns: listUnknowns(artifacts, failures, []),
    removed: { ...artifacts.step?.removed },
    environment: {
      interpreter: artifacts.interpreters?.groups[0]?.value.executable ?? 'not known',
      machine: artifacts.hosts?.groups[0]?.value.cpuModel ?? 'not known',
      pathEntries: [],
      mounts: [],
      distributions: [],
      variables: {},
    },
  });
}
