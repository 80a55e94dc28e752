import { formatCountOf, formatSeconds, sum } from '#base';
import type { StartArtifacts } from '#scale';
import type { Access, Accesses, Finding, ImportNode, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { factEvidence, moduleEvidence, pathEvidence, tally } from '../evidence.ts';
import { importTree, packageOf } from '../import-tree.ts';
import { importWeights } from '../import-weights.ts';
import { type SharedStorage, START, sharedStorage } from '../shared-storage.ts';
import { verdictOf } from '../verdict-of.ts';
import {
  confidenceOf,
  NOTEWORTHY_LOCAL_SECONDS,
  NOTEWORTHY_OPERATIONS,
  NOTEWORTHY_SHARE,
  severityOf,
} from '../weight.ts';
import { costText } from '../wording.ts';

/** Modules that `site` imports by itself: https://docs.python.org/3/library/site.html */
const SITE_ITSELF: ReadonlySet<string> = new Set(['site', 'sitecustomize', 'usercustomize', 'encodings']);

/** Lines that a finding names. */
const MOST_LINES = 5;

type PathRow = ReturnType<typeof tally>[number];

const isPth = ({ cause, phase }: Access) => cause === 'pth' && phase === 'start';

export const costlyPth = defineAudit({
  id: 'costly-pth',
  category: 'start-up',
  question: 'Do .pth or .start files cost time at every start of the interpreter?',
  needs: [...START, 'python'],

  answer(artifacts): Verdict {
    const { accesses, python } = artifacts;
    if (python.flags.noSite) return { kind: 'inapplicable', because: 'the interpreter runs without site' };
    const shared = sharedStorage(artifacts);
    const files = filesOf(accesses, shared);
    if (files.length > 0) return verdictFor(files, shared, artifacts);
    if (accesses.coverage === 'complete') return { kind: 'pass' };
    return { kind: 'unknown', because: accesses.because ?? 'what site does before observation begins was not seen' };
  },
});

/** Each file with the operations that it and its lines made; without a trace, those on the file. */
function filesOf({ accesses, pathConfigurations }: Accesses, { textOf }: SharedStorage): PathRow[] {
  if (pathConfigurations)
    return tally(
      pathConfigurations,
      ({ path }) => path,
      ({ operations }) => operations,
    );
  const onFiles = accesses.filter((access) => isPth(access) && /\.(pth|start)$/.test(textOf(access)));
  return tally(onFiles, textOf, ({ count }) => count);
}

function verdictFor(files: readonly PathRow[], shared: SharedStorage, artifacts: StartArtifacts): Verdict {
  const { run, target, accesses } = artifacts;
  const tree = importTree(artifacts.imports);
  const weights = importWeights(artifacts, tree);
  const roots = tree.nodes.filter(
    ({ level, parent, module }) => level === 'site' && parent === undefined && !SITE_ITSELF.has(packageOf(module)),
  );
  const inside = tree.within(roots);
  const lines = accesses.pathConfigurations ?? [];
  const lineSeconds = sum(lines, (line) => line.seconds);
  const seconds = sum(roots, ({ totalSeconds }) => totalSeconds) + lineSeconds;
  const isTheirs = (access: Access) => isPth(access) || inside.has(access.import);
  const cost = shared.model.saving(isTheirs, seconds);

  const operations = sum(accesses.accesses, (access) =>
    access.phase === 'start' && isTheirs(access) ? access.count : 0,
  );
  const all = sum(accesses.accesses, ({ phase, count }) => (phase === 'start' ? count : 0));
  const start = run.observed[0]?.startSeconds ?? Number.POSITIVE_INFINITY;
  const standsOut =
    (seconds >= NOTEWORTHY_LOCAL_SECONDS && seconds >= NOTEWORTHY_SHARE * start) ||
    (operations >= NOTEWORTHY_OPERATIONS && operations >= NOTEWORTHY_SHARE * all);
  const severity = severityOf(cost, shared) ?? (standsOut ? 'note' : undefined);
  const sentence = `site reads ${formatCountOf(files.length, '.pth or .start file')} at every start: ${formatCountOf(operations, 'file operation')} per rank`;
  if (!severity) return { kind: 'pass', notes: [sentence] };
  const finding: Finding = {
    message: `${sentence}${linesText(lines)}${importedText(roots)}; ${costText(cost, target)}`,
    severity,
    confidence: confidenceOf(cost, target),
    harm: 'cost',
    cost,
    fixer: 'user',
    check: '`python -X importtime -c pass` lists none of these modules',
    subject: '.pth files',
    evidence: [
      pathEvidence('files, operations of the file and its lines per rank', files),
      ...(lineSeconds > 0 ? [factEvidence(secondsOf(lines))] : []),
      ...(roots.length > 0
        ? [
            moduleEvidence(
              'what their lines import',
              roots.map((node) => weights.row(node, tree.pulledInBy(node))),
            ),
          ]
        : []),
    ],
  };
  return verdictOf([finding]);
}

type Line = NonNullable<Accesses['pathConfigurations']>[number];

const slowestFirst = (lines: readonly Line[]) => [...lines].sort((a, b) => b.seconds - a.seconds);

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/** The slowest few by name; in a healthy start all take next to nothing. */
function secondsOf(lines: readonly Line[]): Record<string, string> {
  const slowest = slowestFirst(lines).slice(0, MOST_LINES);
  return Object.fromEntries(
    slowest.map(({ path, seconds }) => [`${nameOf(path)}, seconds (inferred)`, formatSeconds(seconds)]),
  );
}

function linesText(lines: readonly Line[]): string {
  const seconds = sum(lines, (line) => line.seconds);
  const [slowest] = slowestFirst(lines);
  if (!slowest || seconds < NOTEWORTHY_LOCAL_SECONDS) return '';
  return `, and their lines take ${formatSeconds(seconds)}, most in ${nameOf(slowest.path)}`;
}

function importedText(roots: readonly ImportNode[]): string {
  const seconds = sum(roots, ({ totalSeconds }) => totalSeconds);
  const [largest] = [...roots].sort((a, b) => b.totalSeconds - a.totalSeconds);
  if (!largest) return '';
  return `, and their lines import ${largest.module}${roots.length > 1 ? ` and ${roots.length - 1} more` : ''} in ${formatSeconds(seconds)}`;
}
