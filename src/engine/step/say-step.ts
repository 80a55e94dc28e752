import { formatCount, formatCountOf } from '#base';
import { type Artifacts, compareGravity, type Finding, type Report, type Step, type StepSection } from '#schema';
import { hasSharedCores } from './pictures.ts';

interface StepFacts {
  readonly artifacts: Partial<Artifacts>;
  readonly categories: Report['categories'];
  readonly section: StepSection;
}

const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;

/** How the commands of the ranks ended, as part of a sentence. */
export function sayEndings({ ended }: Step): string {
  const tell = ({ seen, because, status, signal, timeLimit }: Step['ended'][number]['value']) => {
    if (timeLimit) return 'were ended at the time limit';
    if (signal !== undefined) return `were killed by ${signal}`;
    if (status !== undefined) return `exited with status ${status}`;
    return seen === 'nothing' ? `ran no command${because ? `: ${because}` : ''}` : 'ended in a way that is not known';
  };
  const counts = new Map<string, number>();
  for (const { ranks, value } of ended) counts.set(tell(value), (counts.get(tell(value)) ?? 0) + ranks.length);
  if (counts.size === 0) return 'not known';
  const [[only = ''] = []] = counts;
  if (counts.size === 1) return only.replace(/^were /, 'was ');
  return [...counts].map(([text, count]) => `${formatCountOf(count, 'rank')} ${text}`).join(', ');
}

/** Findings that are not allowed, in the order of the page. */
function listStanding(categories: Report['categories']): Finding[] {
  return categories
    .flatMap(({ verdicts }) => verdicts)
    .flatMap(({ verdict, allowed }) => (verdict.kind === 'fail' && allowed === undefined ? verdict.findings : []))
    .sort(compareGravity);
}

/** Only what every rank said of itself is said of all. */
function sayWorld({ artifacts: { world, step }, section }: StepFacts): string {
  const { ranks, nodes, hasCommand } = section;
  const who = `${formatCountOf(ranks.seen, 'rank')} on ${formatCountOf(nodes.seen, 'node')}`;
  const [are, were] = ranks.seen === 1 ? ['is', 'was'] : ['are', 'were'];
  if (!hasCommand) return `${who} ${were} looked at; no command was given, so that nothing was imported.`;
  const [group, ...others] = world?.mpi ?? [];
  if (!(group && step) || others.length > 0 || group.ranks.length < ranks.seen) return `${who} ${were} looked at.`;
  const { state, size, version } = group.value;
  if (state === 'absent') return `${who} ${were} looked at; MPI was not imported.`;
  if (size === undefined)
    return `${who} ${were} looked at; MPI is ${state === 'loaded' ? 'loaded and was not started' : state}.`;
  if (size !== ranks.expected)
    return `${who} ${were} looked at; MPI says that there ${size === 1 ? 'is 1' : `are ${formatCount(size)}`}.`;
  return `${who} ${are} one MPI job${version ? ` of ${version}` : ''}.`;
}

/** Where all nodes look alike. */
function sayPlacement({ section }: StepFacts): string[] {
  const [picture] = section.pictures;
  if (!picture || section.pictures.length > 1 || picture.count < section.nodes.seen) return [];
  const { ranks, cores } = picture;
  const [first] = ranks;
  if (!first) return [];
  const coresOf = (localRank: number) =>
    cores.filter(({ cpus }) => cpus.some(({ localRanks }) => localRanks.includes(localRank))).length;
  const count = coresOf(first.localRank);
  if (count === 0 || ranks.some(({ localRank }) => coresOf(localRank) !== count)) return [];
  const threads = ranks.every((rank) => rank.threads === first.threads) ? first.threads : undefined;
  // Libraries that nobody asked may start more.
  const starts = threads === undefined ? '' : `; its largest known pool has ${formatCountOf(threads, 'thread')}`;
  const each = ranks.length === 1 && picture.count === 1 ? 'It' : 'Each rank';
  const isShared = ranks.length > 1 && hasSharedCores(picture);
  if (isShared && count === cores.length) return [`${each} may run on all ${count} cores of its node${starts}.`];
  const own = ranks.length > 1 ? (isShared ? ', shared with others,' : ' of its own') : '';
  return [`${each} has ${formatCountOf(count, 'core')}${own}${starts}.`];
}

/** What the page does not know must not read as if it were well. */
function sayNothingWrong({ artifacts: { step }, section }: StepFacts): string {
  const unheard = (step?.ended ?? []).filter(({ value }) => value.seen !== 'inside');
  const ranks = unheard.reduce((sum, group) => sum + group.ranks.length, 0);
  if (!section.hasCommand || ranks === 0) return 'Nothing is plainly wrong';
  const who =
    ranks >= section.ranks.seen ? 'the ranks were' : `${formatCountOf(ranks, 'rank')} ${ranks === 1 ? 'was' : 'were'}`;
  return `Nothing is plainly wrong in what could be seen: ${who} seen from outside only`;
}

function sayVerdict(facts: StepFacts): string[] {
  const standing = listStanding(facts.categories);
  const grave = standing.filter(({ severity }) => severity !== 'note');
  const notes = standing.length - grave.length;
  const [worst, ...more] = grave;
  if (worst) {
    const rest = more.length > 0 ? [`${sentence(formatCountOf(more.length, 'more finding'))}`] : [];
    return [sentence(worst.message), ...rest];
  }
  const verdicts = facts.categories.flatMap((category) => category.verdicts);
  if (verdicts.every(({ verdict }) => verdict.kind === 'unknown')) return ['Nothing could be looked at.'];
  return [`${sayNothingWrong(facts)}${notes > 0 ? `; ${formatCountOf(notes, 'note')} below` : ''}.`];
}

function sayDifferences({ section: { differences } }: StepFacts): string[] {
  const [first, ...more] = differences;
  if (!first) return [];
  const [, outlier] = first.values;
  const where = outlier && outlier.where.length > 0 ? ` on ${outlier.where.join(', ').replace(/ on /g, ' of ')}` : '';
  // The list is cut: a large number would be that of the list.
  const count = more.length > 3 ? 'more' : `${formatCountOf(more.length, 'thing')} more`;
  const others = more.length > 0 ? `, and ${count}` : '';
  return [sentence(`not the same everywhere: ${first.what}${where}${others}`)];
}

/** Two to four sentences: what is wrong first, else that nothing is. */
export function sayStep(facts: StepFacts): string[] {
  const isGrave = listStanding(facts.categories).some(({ severity }) => severity !== 'note');
  const about = [sayWorld(facts), ...sayPlacement(facts)];
  if (isGrave) return [...sayVerdict(facts), ...sayDifferences(facts), ...about.slice(0, 1)].slice(0, 4);
  return [...about, ...sayDifferences(facts), ...sayVerdict(facts)].slice(0, 4);
}
