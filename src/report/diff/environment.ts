import type { Report } from '#schema';

export interface Difference {
  readonly name: string;
  /** Absent where it was added. */
  readonly before?: string | undefined;
  /** Absent where it was removed. */
  readonly after?: string | undefined;
}

export interface EnvironmentChange extends Difference {
  readonly what: 'interpreter' | 'machine' | 'path entry' | 'mount' | 'package' | 'variable' | 'fact' | 'difference';
}

function differences(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): Difference[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((name) => ({ name, before: before.get(name), after: after.get(name) }))
    .filter((each) => each.before !== each.after);
}

const named = (what: EnvironmentChange['what'], changes: readonly Difference[]): EnvironmentChange[] =>
  changes.map((change) => ({ what, ...change }));

type Environment = Report['environment'];

/** Added, removed, and those that both have in another order. */
function pathChanges({ pathEntries: before }: Environment, { pathEntries: after }: Environment): Difference[] {
  const places = (entries: readonly string[], others: readonly string[]) =>
    new Map(entries.filter((entry) => !others.includes(entry)).map((entry) => [entry, 'listed']));
  const changes = differences(places(before, after), places(after, before));
  const shared = (entries: readonly string[], others: readonly string[]) =>
    entries.filter((entry) => others.includes(entry));
  const moved = shared(before, after).join('\0') !== shared(after, before).join('\0');
  return moved ? [...changes, { name: 'order of the entries', before: 'as before', after: 'another order' }] : changes;
}

const mountsOf = ({ mounts }: Environment) => new Map(mounts.map((mount) => [mount.point, mount.class]));
const packagesOf = ({ distributions }: Environment) =>
  new Map(distributions.map(({ name, version }) => [name, version]));
const variablesOf = ({ variables }: Environment) => new Map(Object.entries(variables));

const rowsOf = ({ step }: Report) =>
  (step?.facts ?? []).flatMap(({ title, rows }) => rows.map((row) => ({ title, ...row })));

/** Names that stand under more than one title: what they mean takes both. */
function ambiguousNames(reports: readonly Report[]): ReadonlySet<string> {
  const titles = new Map<string, string>();
  const ambiguous = new Set<string>();
  for (const { title, name } of reports.flatMap(rowsOf)) {
    if ((titles.get(name) ?? title) !== title) ambiguous.add(name);
    titles.set(name, title);
  }
  return ambiguous;
}

/** Facts of a step by what they are called; rows of one name are one. */
function factsOf(report: Report, ambiguous: ReadonlySet<string>): Map<string, string> {
  const facts = new Map<string, string>();
  for (const { title, name, value } of rowsOf(report)) {
    const key = ambiguous.has(name) ? `${title}: ${name}` : name;
    const said = facts.get(key);
    facts.set(key, said === undefined ? value : `${said}; ${value}`);
  }
  return facts;
}

/** What is not the same on all nodes and ranks of a step, by what it is. */
const unevenOf = ({ step }: Report) =>
  new Map((step?.differences ?? []).map(({ what, values }) => [what, values.map(({ value }) => value).join(' | ')]));

/** What is not the same around the two runs. */
export function diffEnvironments(old: Report, now: Report): EnvironmentChange[] {
  const { environment: before } = old;
  const { environment: after } = now;
  const ambiguous = ambiguousNames([old, now]);
  const single = (what: 'interpreter' | 'machine'): EnvironmentChange[] =>
    before[what] === after[what] ? [] : [{ what, name: what, before: before[what], after: after[what] }];
  return [
    ...single('interpreter'),
    ...single('machine'),
    ...named('package', differences(packagesOf(before), packagesOf(after))),
    ...named('path entry', pathChanges(before, after)),
    ...named('mount', differences(mountsOf(before), mountsOf(after))),
    ...named('variable', differences(variablesOf(before), variablesOf(after))),
    ...named('difference', differences(unevenOf(old), unevenOf(now))),
    ...named('fact', differences(factsOf(old, ambiguous), factsOf(now, ambiguous))),
  ];
}
