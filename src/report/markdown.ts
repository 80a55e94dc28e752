import { formatCount, formatCountOf, formatSeconds } from '#base';
import type { Remedy, Report, ScaleTable } from '#schema';
import { isCommand, shownCommand } from './command.ts';
import { FIXER, formatBasis, formatCost, formatCostBasis } from './costs.ts';
import type { ReportDiff } from './diff.ts';
import { drawFinding } from './markdown/findings.ts';
import { codeBlock, codeSpan, drawTable, part, prose } from './markdown/marks.ts';
import { scaleBlocks } from './markdown/scale.ts';
import { stepBlocks } from './markdown/step.ts';
import { type AskedAudit, coverageOf, nameOf, rankFindings, rankRemedies, tellCoverage } from './ranking.ts';
import { curveTable, differencesTable, diffTables, importsTable, tellDiff } from './tables.ts';
import { visible } from './visible.ts';

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

const joined = (blocks: readonly string[]) => `${blocks.filter((block) => block !== '').join('\n\n')}\n`;

const MOST = 12;

/** A block that can be pasted into a ticket. */
export function renderMarkdown(report: Report): string {
  if (report.step) return joined(stepBlocks(report, report.step));
  const findings = rankFindings(report);
  const blocks = [
    `## How ${codeSpan(nameOf(report))} starts`,
    report.headline.sentences.map((sentence) => prose(sentence, 600)).join(' '),
    figures(report).join('\n'),
    ...part('Verdicts', [verdicts(report).join('\n')]),
    ...part('What to do', rankRemedies(report).slice(0, MOST).map(drawRemedy)),
    ...part(
      'Findings',
      findings.slice(0, MOST).map((finding) => drawFinding(finding, false)),
    ),
    ...(findings.length > MOST ? [`and ${formatCount(findings.length - MOST)} more findings`] : []),
    ...part('As the job grows', [drawTable(curveTable(report, MOST))]),
    ...part('Imports', [drawTable(importsTable(report, 'time', 10))]),
    ...part('Differences between ranks', [drawTable(differencesTable(report, MOST))]),
    ...part('Not known, and left out', missing(report)),
    ...part('Environment', surroundings(report)),
  ];
  return joined(blocks);
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

/** What a start costs as the job grows, as a block for a ticket or a request for computing time. */
export const renderScaleMarkdown = (table: ScaleTable): string => joined(scaleBlocks(table));
