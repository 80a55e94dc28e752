import { stepAudits } from '#audits';
import { type Result, success, VERSION } from '#base';
import { stepGatherers } from '#gather';
import { type Artifacts, REPORT_VERSION, type Recording, type Report, type StepSection } from '#schema';
import { ask, listCategories } from '../ask.ts';
import { gatherAll } from '../gathered.ts';
import { describeStep, listStepUnknowns } from './describe-step.ts';
import { listDifferences } from './differences.ts';
import { drawPictures } from './pictures.ts';
import { checkSameStep } from './same-step.ts';
import { sayStep } from './say-step.ts';
import { listTicketFacts } from './ticket-facts.ts';

function importSeconds({ step }: Partial<Artifacts>): Pick<StepSection, 'imports'> {
  const known = (step?.seconds ?? []).flatMap(({ rank, imports }) => (imports === undefined ? [] : { rank, imports }));
  const ordered = known.sort((a, b) => a.imports - b.imports);
  const longest = ordered.at(-1);
  const median = ordered[Math.floor((ordered.length - 1) / 2)];
  if (!(longest && median)) return {};
  return { imports: { median: median.imports, longest: longest.imports, longestRank: longest.rank } };
}

function makeSection(artifacts: Partial<Artifacts>, hasCommand: boolean): StepSection {
  const { step } = artifacts;
  const seen = (step?.nodes ?? []).reduce((sum, { ranks }) => sum + ranks.length, 0);
  return {
    launcher: step?.launcher ?? '',
    nodes: { expected: step?.expected.nodes ?? 0, seen: step?.nodes.length ?? 0 },
    ranks: { expected: step?.expected.ranks ?? 0, seen },
    hasCommand,
    ...importSeconds(artifacts),
    differences: listDifferences(artifacts),
    ...drawPictures(artifacts),
    facts: listTicketFacts(artifacts),
  };
}

/** From the recordings of one step, one for each node, to what is plainly wrong. */
export function examineStep(
  recordings: readonly [Recording, ...Recording[]],
  allowed: ReadonlyMap<string, string>,
): Result<Report> {
  const same = checkSameStep(recordings);
  if (!same.ok) return same;
  const gathered = gatherAll(stepGatherers, recordings);
  const { artifacts, failures } = gathered;
  const categories = listCategories(ask(stepAudits, gathered, allowed));
  const section = makeSection(
    artifacts,
    recordings.some(({ facts }) => facts.step[0]?.hasCommand),
  );
  const { imports } = section;
  return success({
    kind: 'pharos-report',
    version: REPORT_VERSION,
    tool: { name: 'pharos', version: VERSION },
    ...describeStep(recordings, artifacts),
    step: section,
    headline: { sentences: sayStep({ artifacts, categories, section }) },
    phases: imports ? [{ name: 'imports', seconds: imports.longest, basis: 'measured' }] : [],
    categories,
    remedies: [],
    icicle: [],
    causes: [],
    packages: [],
    ranks: { rows: [], differences: [] },
    unknowns: listStepUnknowns(recordings, artifacts, failures),
    removed: { ...artifacts.step?.removed },
  });
}
