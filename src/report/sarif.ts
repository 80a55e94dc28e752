import { unreachable } from '#base';
import type { Finding, Remedy, Report } from '#schema';
import { shownCommand } from './command.ts';
import { FIXER, formatCost, formatCostBasis } from './costs.ts';
import { printJson } from './json.ts';
import { type AskedAudit, type RankedFinding, rankFindings } from './ranking.ts';
import { visible } from './visible.ts';

// SARIF 2.1.0, https://docs.oasis-open.org/sarif/sarif/v2.1.0/os/sarif-v2.1.0-os.html

export interface SarifOptions {
  /** The page of an audit, as Markdown; becomes the help of its rule. */
  readonly page?: (audit: string) => string | undefined;
}

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

const MOST_FIXES = 6;

/** What to do, as its findings say it: each once. */
function listFixes({ verdict }: AskedAudit): string[] {
  const fixes = verdict.kind === 'fail' ? verdict.findings.flatMap(({ fix }) => fix ?? []) : [];
  return [...new Set(fixes)].slice(0, MOST_FIXES).map((fix) => shownCommand(fix));
}

function ruleOf(asked: AskedAudit, remedies: readonly Remedy[], { page }: SarifOptions) {
  const { audit, question } = asked;
  const cures = remedies
    .filter((remedy) => remedy.cures.some((cure) => cure.audit === audit))
    .map((remedy) => `${visible(remedy.title, 200)}: ${remedy.steps.map((step) => shownCommand(step)).join(' && ')}`);
  const help = [`Run "pharos explain ${visible(audit, 80)}".`, ...cures, ...listFixes(asked)].join('\n');
  const markdown = page?.(audit);
  return {
    id: audit,
    name: audit,
    shortDescription: { text: visible(question) },
    fullDescription: { text: visible(question) },
    help: markdown === undefined ? { text: help } : { text: help, markdown },
    defaultConfiguration: { level: 'warning' },
  };
}

function levelOf(severity: Finding['severity']): 'error' | 'warning' | 'note' {
  switch (severity) {
    case 'error':
    case 'warning':
    case 'note':
      return severity;
    default:
      return unreachable(severity);
  }
}

/** A relative reference; what is not a plain name in a path is escaped, so that no scheme and no host can be meant. */
function uriOf(script: string): string {
  const well = script.toWellFormed();
  const parts = well.split('/').filter((part) => part !== '' && part !== '.' && part !== '..');
  return parts.map((part) => encodeURIComponent(part)).join('/') || 'job';
}

/** In a message `[text](target)` is a link; recorded text makes none. */
const plain = (text: string) => (text.includes('](') ? text.replace(/[[\]\\]/g, '\\$&') : text);

function messageOf({ message, cost, fix, check }: Finding): string {
  const parts = [visible(message, 1000)];
  if (cost) parts.push(`costs ${formatCost(cost)} (${formatCostBasis(cost)})`);
  if (fix) parts.push(`fix: ${shownCommand(fix)}`);
  if (check !== '') parts.push(`check: ${visible(check, 1000)}`);
  return plain(parts.join('; '));
}

function resultOf({ audit, finding, allowed }: RankedFinding, ruleIndex: number, uri: string) {
  return {
    ruleId: audit,
    ruleIndex,
    level: levelOf(finding.severity),
    message: { text: messageOf(finding) },
    locations: [{ physicalLocation: { artifactLocation: { uri }, region: { startLine: 1 } } }],
    // What makes the finding the same one in another run.
    partialFingerprints: { 'subject/v1': finding.subject },
    ...(allowed === undefined
      ? {}
      : { suppressions: [{ kind: 'external', status: 'accepted', justification: visible(allowed, 1000) }] }),
    properties: {
      confidence: finding.confidence,
      harm: finding.harm,
      fixer: FIXER[finding.fixer],
      ...(finding.cost ? { cost: finding.cost } : {}),
    },
  };
}

function notificationsOf(report: Report) {
  const audits = report.categories.flatMap(({ verdicts }) => verdicts);
  const unknown = audits.flatMap(({ audit, verdict }) =>
    verdict.kind === 'unknown' ? [`${visible(audit, 80)} is unknown: ${visible(verdict.because)}`] : [],
  );
  const missing = report.unknowns.map(({ what, because }) => `${visible(what, 120)}: ${visible(because)}`);
  return [...unknown, ...missing].map((text) => ({ level: 'note', message: { text: plain(text) } }));
}

/** Findings as a log that code hosts and editors read; each is anchored to the job's script. */
export function renderSarif(report: Report, options: SarifOptions = {}): string {
  const asked = [
    ...new Map(report.categories.flatMap(({ verdicts }) => verdicts).map((each) => [each.audit, each])).values(),
  ];
  const places = new Map(asked.map(({ audit }, index) => [audit, index]));
  const uri = uriOf(report.job.script);
  return printJson({
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'pharos',
            version: report.tool.version,
            rules: asked.map((each) => ruleOf(each, report.remedies, options)),
          },
        },
        invocations: [{ executionSuccessful: true, toolExecutionNotifications: notificationsOf(report) }],
        columnKind: 'unicodeCodePoints',
        results: rankFindings(report).map((ranked) => resultOf(ranked, places.get(ranked.audit) ?? -1, uri)),
      },
    ],
  });
}
