import { formatCount, formatCountOf, formatSeconds } from '#base';
import type { Remedy, Report } from '#schema';
import { isCommand, shownCommand } from './command.ts';
import { FIXER, formatBasis, formatCost, formatCostBasis } from './costs.ts';
import type { ReportDiff } from './diff.ts';
import {
  type AskedAudit,
  coverageOf,
  nameOf,
  type RankedFinding,
  rankFindings,
  rankRemedies,
  tellCoverage,
} from './ranking.ts';
import {
  curveTable,
  differencesTable,
  diffTables,
  evidenceTable,
  importsTable,
  type Table,
  type TableColumn,
  tellDiff,
} from './tables.ts';
import { visible } from './visible.ts';

// A block for a ticket: GitHub, GitLab and mail read it, and so do people in its raw form. Whatever could mean
// something to Markdown, or call somebody, stands in code spans.

/** A code span that no content can close. */
export function codeSpan(text: string): string {
  if (text === '') return '';
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = longest > 0 || /^ | $/.test(text) ? ' ' : '';
  return `${fence}${space}${text}${space}${fence}`;
}

/** Words that mean the same to Markdown as to a reader. */
const PLAIN = /^[\p{L}\p{N}'",.;:%=?()-]+$/u;
const LINK = /^www\.|^[0-9a-f]{7,40}$|:\/\//i;

function proseWord(word: string): string {
  if (word === '' || (PLAIN.test(word) && !LINK.test(word))) return word;
  const [, before = '', core = '', after = ''] = /^([("']*)(.*?)([)"',.;:?]*)$/u.exec(word) ?? ['', '', word, ''];
  return `${before}${codeSpan(core)}${after}`;
}

const QUOTED = /^`([^`]+)`([),.;:]*)$/;

/** A recorded sentence: names and paths become code, quoted commands stay whole. */
export function prose(text: string, most = 1000): string {
  const words = visible(text, most).match(/(?:`[^`]*`|[^ ])+/g) ?? [];
  return words
    .map((word) => {
      const [, command, after = ''] = QUOTED.exec(word) ?? [];
      return command === undefined ? proseWord(word) : codeSpan(command) + after;
    })
    .join(' ');
}

/** A fence longer than any run of backticks inside. */
function codeBlock(lines: readonly string[]): string {
  const longest = Math.max(2, ...lines.flatMap((line) => [...line.matchAll(/`+/g)].map(([run]) => run.length)));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}sh`, ...lines, fence].join('\n');
}

/** A pipe ends a cell even inside code, and a backslash before it may not save it. */
const cell = (text: string, kind: TableColumn['kind']) =>
  (kind === 'code' || kind === 'chain' ? codeSpan(text) : prose(text)).replaceAll('|', '\\x7c');

function drawTable(table: Table): string {
  if (table.rows.length === 0) return '';
  const { columns, rows, total } = table;
  const more = total > rows.length ? ` (${formatCount(rows.length)} of ${formatCount(total)} shown)` : '';
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [
    `${prose(table.title)}${more}`,
    '',
    line(columns.map(({ title }) => title)),
    line(columns.map(({ kind }) => (kind === 'number' ? '---:' : '---'))),
    ...rows.map((row) => line(columns.map(({ kind }, index) => cell(row[index] ?? '', kind)))),
  ].join('\n');
}

function figures({ headline, target }: Report): string[] {
  const { measuredSeconds, atScale, requestsPerNode } = headline;
  const nodes = target
    ? `${formatCountOf(target.nodes, 'node')} x ${formatCountOf(target.ranksPerNode, 'rank')}`
    : 'scale';
  return [
    ...(measuredSeconds === undefined ? [] : [`- Start here: **${formatSeconds(measuredSeconds)}** (measured)`]),
    ...(atScale
      ? [
          `- On ${nodes}: **${formatSeconds(atScale.likely)}** (${formatBasis('modelled', atScale.low, atScale.high, formatSeconds)})`,
        ]
      : []),
    ...(requestsPerNode === undefined
      ? []
      : [`- Requests of one node: **${formatCount(requestsPerNode)}** (modelled)`]),
  ];
}

function verdicts({ categories }: Report): string[] {
  const because = ({ audit, verdict }: AskedAudit) =>
    verdict.kind === 'unknown' ? [`  - ${codeSpan(visible(audit, 80))} unknown: ${prose(verdict.because)}`] : [];
  return categories.flatMap(({ title, verdicts: asked }) => [
    `- ${prose(title, 60)}: ${tellCoverage(coverageOf(asked))}`,
    ...asked.flatMap(because),
  ]);
}

function drawRemedy(remedy: Remedy, index: number): string {
  return [
    `${index + 1}. **${prose(remedy.title, 200)}**: saves ${formatCost(remedy.saves)} (${formatCostBasis(remedy.saves)}), done by ${FIXER[remedy.fixer]}`,
    '',
    codeBlock(remedy.steps.map((step) => shownCommand(step))),
    '',
    `Safe because ${prose(remedy.proved)}. Undo: ${isCommand(remedy.undo) ? codeSpan(shownCommand(remedy.undo)) : prose(remedy.undo)}. Check: ${prose(remedy.check)}.`,
  ].join('\n');
}

const EVIDENCE_ROWS = 8;

function drawFinding({ audit, finding, allowed }: RankedFinding): string {
  const cost = finding.cost ? `${formatCost(finding.cost)} (${formatCostBasis(finding.cost)})` : 'cost not known';
  const harm = finding.harm === 'cost' ? '' : `, harm: ${finding.harm}`;
  const evidence = finding.evidence.slice(0, 4).map((each) => drawTable(evidenceTable(each, EVIDENCE_ROWS)));
  return [
    `**${finding.severity}** ${codeSpan(visible(audit, 80))}: ${prose(finding.message)}`,
    `${cost}, ${finding.confidence}, fixed by ${FIXER[finding.fixer]}${harm}${allowed === undefined ? '' : `; allowed: ${prose(allowed)}`}`,
    ...evidence.filter((each) => each !== ''),
    ...(finding.check === '' ? [] : [`Check: ${prose(finding.check)}`]),
  ].join('\n\n');
}

function part(title: string, blocks: readonly string[]): string[] {
  const filled = blocks.filter((block) => block !== '');
  return filled.length === 0 ? [] : [`### ${title}`, ...filled];
}

function missing({ unknowns, removed, job }: Report): string[] {
  const left = Object.values(removed).reduce((sum, count) => sum + count, 0);
  return [
    [
      ...(job.truncated ? ['- The recording ends early: this holds for the part that was seen.'] : []),
      ...unknowns.slice(0, 12).map(({ what, because }) => `- ${prose(what, 120)}: ${prose(because)}`),
      ...(left > 0 ? [`- Left out of the recording, never stored: ${formatCount(left)} values`] : []),
    ].join('\n'),
  ];
}

function surroundings({ environment, job, tool }: Report): string[] {
  const mounts = environment.mounts
    .slice(0, 12)
    .map(({ point, class: kind }) => codeSpan(visible(`${point} ${kind}`, 120)));
  return [
    [
      `- Interpreter: ${codeSpan(visible(environment.interpreter))}`,
      `- Machine: ${codeSpan(visible(environment.machine))}`,
      `- File systems: ${mounts.join(', ') || 'not known'}`,
      `- Run: ${prose(job.outcome, 120)}, ${formatCount(job.observedRanks)} ranks observed, started ${codeSpan(visible(job.started, 40))}`,
      `- pharos ${codeSpan(visible(tool.version, 40))}`,
    ].join('\n'),
  ];
}

const MOST = 12;

/** A block that can be pasted into a ticket. */
export function renderMarkdown(report: Report): string {
  const findings = rankFindings(report);
  const blocks = [
    `## How ${codeSpan(nameOf(report))} starts`,
    report.headline.sentences.map((sentence) => prose(sentence, 600)).join(' '),
    figures(report).join('\n'),
    ...part('Verdicts', [verdicts(report).join('\n')]),
    ...part('What to do', rankRemedies(report).slice(0, MOST).map(drawRemedy)),
    ...part('Findings', findings.slice(0, MOST).map(drawFinding)),
    ...(findings.length > MOST ? [`and ${formatCount(findings.length - MOST)} more findings`] : []),
    ...part('As the job grows', [drawTable(curveTable(report, MOST))]),
    ...part('Imports', [drawTable(importsTable(report, 'time', 10))]),
    ...part('Differences between ranks', [drawTable(differencesTable(report, MOST))]),
    ...part('Not known, and left out', missing(report)),
    ...part('Environment', surroundings(report)),
  ];
  return `${blocks.filter((block) => block !== '').join('\n\n')}\n`;
}

const MOST_CHANGES = 30;

/** What changed between two reports, as a block for a ticket. */
export function renderDiffMarkdown(diff: ReportDiff): string {
  const tables = diffTables(diff, MOST_CHANGES).map(drawTable);
  return `${[
    '## What changed',
    tellDiff(diff)
      .map((sentence) => prose(sentence))
      .join(' '),
    ...tables,
  ].join('\n\n')}\n`;
}
