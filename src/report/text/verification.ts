import { formatCount, formatCountOf } from '#base';
import type { CallsOnPath, Check, CheckId, Verification, VerifiedProcess } from '#schema';
import { padEnd, tabulate, widthOf, wrap } from '../columns.ts';
import { visible } from '../visible.ts';
import { heading, type Page } from './page.ts';

const TITLES: Readonly<Record<CheckId, string>> = {
  image: 'Image',
  stage: 'Stage',
  originals: 'Originals',
  interpreter: 'Interpreter',
  modules: 'Modules',
  distributions: 'Distributions',
  libraries: 'Libraries',
  exit: 'Exit',
  output: 'Output',
  'staged-calls': 'Staged calls',
  'left-calls': 'Left calls',
  'other-calls': 'Other calls',
};

const OUTCOMES: Readonly<Record<Check['outcome'], string>> = { same: 'ok', differs: 'DIFFERS', 'left-out': 'left out' };

const HOW_TO_READ =
  'Measured: both runs were traced. Staged calls name a path in a folder that the image stands for, at any time; other calls one elsewhere on shared storage, while a Python started.';

const LEFT_CALLS =
  'Left calls are on very large libraries that were not packed because that costs more; they are no difference.';

function checkLines({ id, outcome, says, details, more }: Check, { width, ink }: Page): string[] {
  const head = `  ${padEnd(TITLES[id], 13)}  ${padEnd(OUTCOMES[outcome], 8)}  `;
  const hang = ' '.repeat(head.length);
  const [first = head, ...rest] = wrap(visible(says), width, head, hang);
  const painted = outcome === 'differs' ? ink.bad(first) : first;
  const lines = details.flatMap((line) => wrap(visible(line), width, '      ', '        '));
  return [painted, ...rest, ...lines, ...(more > 0 ? [`      and ${formatCount(more)} more`] : [])];
}

const nameOf = ({ rank }: VerifiedProcess, index: number) =>
  rank === undefined ? `process ${index + 1}` : `rank ${rank}`;

/** Ranks are alike: those without any call are counted only. */
function processLines({ processes, before }: Verification, { width }: Page): string[] {
  const shown = processes
    .map((process, index) => ({ process, name: nameOf(process, index) }))
    .filter(({ process }, index) => index < 8 || process.staged > 0)
    .slice(0, 32);
  const rows = shown.map(({ process, name }) => [
    name,
    formatCount(process.pythons),
    formatCount(process.staged),
    formatCount(process.other),
  ]);
  const all = before ? [['all, as it is', '', formatCount(before.staged), formatCount(before.other)]] : [];
  const columns = [
    { title: 'Who' },
    { title: 'Pythons', align: 'right' as const },
    { title: 'Staged calls', align: 'right' as const },
    { title: 'Other calls', align: 'right' as const },
  ];
  const more = processes.length - shown.length;
  return [
    ...tabulate(columns, [...rows, ...all], width),
    ...(more > 0 ? [`  and ${formatCountOf(more, 'process', 'processes')} more without staged calls`] : []),
  ];
}

/** A path is told whole: on a line of its own where it does not fit behind the calls. */
function callLines({ path, where, operations, processes }: CallsOnPath, { width }: Page): string[] {
  const made = Object.entries(operations).map(([name, count]) => `${formatCount(count)} ${visible(name, 20)}`);
  const by = processes > 1 ? ` by ${formatCount(processes)}` : '';
  const head = `  ${padEnd(where, 6)}  `;
  const line = `${head}${made.join(', ')}${by}  ${visible(path)}`;
  if (widthOf(line) <= width) return [line];
  const hang = ' '.repeat(head.length);
  return [...wrap(made.join(', ') + by, width, head, hang), ...wrap(visible(path), width, hang)];
}

function callsSection(verification: Verification, page: Page): string[] {
  const { calls, moreCalls, processes } = verification;
  if (processes.length === 0) return [];
  return [
    ...heading(page, 'Calls on shared storage from the image'),
    ...processLines(verification, page),
    ...(calls.length > 0 ? ['', ...calls.flatMap((call) => callLines(call, page))] : []),
    ...(moreCalls > 0 ? [`  and ${formatCountOf(moreCalls, 'path')} more`] : []),
    '',
    ...wrap(HOW_TO_READ, page.width),
    ...(calls.some(({ where }) => where === 'left') ? wrap(LEFT_CALLS, page.width) : []),
  ];
}

function verdict({ green, checks }: Verification): string {
  if (green) return 'GREEN: the job from the image is the same program.';
  const failed = checks.filter(({ outcome }) => outcome === 'differs').map(({ id }) => TITLES[id].toLowerCase());
  const isOnlyOutput = failed.length === 1 && failed[0] === TITLES.output.toLowerCase();
  const hint = isOnlyOutput ? ' If it never writes the same twice, verify it with --ignore-output.' : '';
  return `RED: ${failed.join(', ')}.${hint}`;
}

/** The comparison of the two runs, check by check. */
export function verificationLines(verification: Verification, page: Page): string[] {
  const { image, command, checks, green } = verification;
  const subject = `Verified ${visible(image.path)} (${image.digest.slice(0, 16)}) with ${visible(command.join(' '))}`;
  return [
    ...wrap(subject, page.width).map(page.ink.strong),
    '',
    ...checks.flatMap((each) => checkLines(each, page)),
    ...callsSection(verification, page),
    '',
    ...wrap(verdict(verification), page.width).map(green ? page.ink.good : page.ink.bad),
  ];
}
