import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Result, success } from '#base';
import { type Lock, readPylock } from '#formats/project';
import { writeUvSettings } from '#plan';
import type { PackagePlan } from '#schema';
import type { Asked } from './read-requirements-file.ts';
import { askUv, type Uv } from './uv.ts';

/** How uv is asked, beyond what is to be resolved. */
export interface Resolving {
  readonly uv: Uv;
  readonly asked: Asked;
  /** The environment's Python. */
  readonly python?: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

/** Versions of glibc that uv knows by name: `uv pip compile --help` of 0.13.9. */
const KNOWN_MINORS = [17, 28, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40];

/** The platform of the jobs in uv's words; none where it knows none that is not newer. */
function platformWords({ machine, glibc }: PackagePlan): string[] {
  const minor = Number(/^2\.(\d+)$/.exec(glibc ?? '')?.[1]);
  const known = KNOWN_MINORS.filter((one) => one <= minor).at(-1);
  const isKnown = machine === 'x86_64' || machine === 'aarch64';
  return isKnown && known !== undefined ? ['--python-platform', `${machine}-manylinux_2_${known}`] : [];
}

/** What uv compiles: the user's own file, or one that says the same. */
function sourceIn(folder: string, { source, texts }: Asked): string {
  if (source !== undefined) return source;
  const path = join(folder, 'requirements.txt');
  writeFileSync(path, `${texts.join('\n')}\n`);
  return path;
}

/** Of a package that does not come from PyPI there is nothing to resolve. */
const ELSEWHERE: ReadonlySet<string> = new Set(['module', 'spack', 'conda', 'leave-out', 'impossible']);
/** Releases that follow those of a library of the site. */
const RELEASE = /==[\d.]+\*$/;

/** What a plan makes of the requirements. */
export interface Locking {
  readonly plan: PackagePlan;
  /** Where uv runs: paths in the lock are relative to it. */
  readonly folder: string;
  /** Whether wheels are looked at even of packages that are to be built. */
  readonly withAllWheels: boolean;
  /** Those that were built here, by the names of their packages, in `wheels/`. */
  readonly wheels: ReadonlyMap<string, string>;
}

/** Files that tell uv what the plan says, and the words that name them. */
function planWords({ plan, withAllWheels, wheels }: Locking, aside: string): string[] {
  const { decisions } = plan;
  const file = (name: string, words: readonly string[], text: string): string[] => {
    if (text.trim() === '') return [];
    writeFileSync(join(aside, name), text);
    return [...words, join(aside, name)];
  };
  const lines = (all: readonly string[]) => all.map((line) => `${line}\n`).join('');
  const more = decisions.filter(
    ({ isAsked, version, from }) => !isAsked && version === undefined && !ELSEWHERE.has(from),
  );
  const releases = decisions.flatMap(({ instead }) =>
    instead !== undefined && RELEASE.test(instead) ? [instead] : [],
  );
  const elsewhere = decisions.filter(({ from }) => ELSEWHERE.has(from));
  return [
    ...file('more.txt', [], lines(more.map(({ name }) => name))),
    ...file('excludes.txt', ['--excludes'], lines(elsewhere.map(({ name }) => name))),
    ...file('constraints.txt', ['--constraints'], lines(releases)),
    ...file('overrides.txt', ['--overrides'], lines([...wheels].map(([name, wheel]) => `${name} @ ./wheels/${wheel}`))),
    ...file('uv.toml', ['--config-file'], writeUvSettings(plan, { table: '', isBuilt: withAllWheels })),
  ];
}

/** Has uv write a lock, and gives its text. */
export async function lockWithUv(resolving: Resolving, locking: Locking): Promise<Result<string>> {
  const { folder, plan, wheels } = locking;
  const aside = mkdtempSync(join(tmpdir(), 'pharos-plan-'));
  // A name that uv takes for a lock, in the folder that its paths are relative to.
  const written = join(folder, `pylock.pharos-${process.pid}.toml`);
  try {
    const source = sourceIn(aside, resolving.asked);
    const python = resolving.python === undefined ? [] : ['--python', resolving.python];
    // A wheel that was built here says no more than the machine that it is for: uv takes it for this one.
    const platform = wheels.size > 0 ? [] : platformWords(plan);
    const all = [
      'pip',
      'compile',
      source,
      '--format',
      'pylock.toml',
      '--output-file',
      written,
      '--quiet',
      '--no-header',
    ];
    const install = plan.decisions.flatMap(({ install: variables }) => variables);
    const variables = Object.fromEntries(install.map(({ name, value }) => [name, value]));
    const environment = { ...resolving.environment, ...variables };
    const words = [...all, ...python, ...platform, ...planWords(locking, aside)];
    const ran = await askUv(resolving.uv, words, { folder, environment });
    return ran.ok ? success(readFileSync(written, 'utf8')) : ran;
  } finally {
    rmSync(written, { force: true });
    rmSync(aside, { recursive: true, force: true });
  }
}

/** What the requirements come to, by what is planned of those that are asked for. */
export async function resolveWithUv(resolving: Resolving, plan: PackagePlan): Promise<Result<Lock>> {
  const folder = mkdtempSync(join(tmpdir(), 'pharos-plan-'));
  try {
    const text = await lockWithUv(resolving, { plan, folder, withAllWheels: true, wheels: new Map() });
    return text.ok ? readPylock(text.value) : text;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
