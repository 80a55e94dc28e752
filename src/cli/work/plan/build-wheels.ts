import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { failure, type Result, success } from '#base';
import type { Lock, LockedFile } from '#formats/project';
import { normalizeName } from '#formats/requirement';
import type { PackageDecision } from '#schema';
import type { Resolving } from './resolve.ts';
import { askUv } from './uv.ts';

const MOST_BYTES = 2 ** 30;

const cannot = (message: string, hint?: string) =>
  failure({ code: 'cli/cannot-build', message, ...(hint && { hint }) });

async function bytesOf(location: string): Promise<Uint8Array> {
  if (location.startsWith('file:')) return readFileSync(fileURLToPath(location));
  const answer = await fetch(location, { signal: AbortSignal.timeout(10 * 60 * 1000) });
  if (!answer.ok) throw new Error(`the server answers ${answer.status}`);
  if (Number(answer.headers.get('content-length')) > MOST_BYTES) throw new Error('it is too large');
  return new Uint8Array(await answer.arrayBuffer());
}

/** The source that the lock names, and no other: its digest has to be the lock's. */
async function fetchSource({ name, location = '', hashes }: LockedFile, folder: string): Promise<Result<string>> {
  const digest = hashes.find(({ algorithm }) => algorithm === 'sha256')?.digest;
  const path = join(folder, basename(name));
  if (digest === undefined) return cannot(`the lock has no sha256 of ${name}`);
  try {
    const bytes = await bytesOf(location);
    const own = createHash('sha256').update(bytes).digest('hex');
    if (own !== digest) return cannot(`${location} is not what the lock names: its sha256 is ${own}`);
    writeFileSync(path, bytes);
    return success(path);
  } catch (error) {
    const { message, cause } = error as Error;
    const why = cause instanceof Error ? cause.message : message;
    return cannot(`${location} cannot be had: ${why}`, 'Build where that address can be reached.');
  }
}

const settingWords = (settings: readonly { readonly name: string; readonly value: string }[]) =>
  settings.flatMap(({ name, value }) => ['--config-setting', `${name}=${value}`]);

/** What a build sees: `uv build` does not read the variables that `uv pip` keeps builds apart by. */
const variablesOf = ({ build }: PackageDecision) =>
  Object.fromEntries((build?.variables ?? []).map(({ name, value }) => [name, value]));

async function buildOne(
  decided: PackageDecision,
  source: string,
  wheels: string,
  resolving: Resolving,
): Promise<Result<string>> {
  const { uv, python, environment } = resolving;
  const aside = mkdtempSync(join(wheels, '.build-'));
  try {
    const pythonWords = python === undefined ? [] : ['--python', python];
    const words = ['build', '--wheel', '--no-create-gitignore', '--out-dir', aside, ...pythonWords];
    const asked = { folder: aside, environment: { ...environment, ...variablesOf(decided) } };
    const built = await askUv(uv, [...words, ...settingWords(decided.build?.settings ?? []), source], asked);
    if (!built.ok) return failure({ ...built.failure, message: `${decided.name}: ${built.failure.message}` });
    const wheel = readdirSync(aside).find((name) => name.endsWith('.whl'));
    if (wheel === undefined) return cannot(`the build of ${decided.name} left no wheel`);
    renameSync(join(aside, wheel), join(wheels, wheel));
    return success(wheel);
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}

/** Builds what is to be built, of the sources that the lock names; gives each wheel by the name of its package. */
export async function buildWheels(
  decisions: readonly PackageDecision[],
  lock: Lock,
  folder: string,
  resolving: Resolving,
  tell: (line: string) => void,
): Promise<Result<ReadonlyMap<string, string>>> {
  const wheels = join(folder, 'wheels');
  const sources = mkdtempSync(join(tmpdir(), 'pharos-sources-'));
  const built = new Map<string, string>();
  try {
    mkdirSync(wheels, { recursive: true });
    for (const decided of decisions.filter(({ from }) => from === 'rebuild')) {
      const locked = lock.packages.find(({ name }) => normalizeName(name) === decided.name);
      if (!locked?.sdist) return cannot(`the lock has no source of ${decided.name}`);
      tell(`building ${locked.name} ${locked.version ?? ''}`);
      const source = await fetchSource(locked.sdist, sources);
      const wheel = source.ok ? await buildOne(decided, source.value, wheels, resolving) : source;
      if (!wheel.ok) return wheel;
      built.set(decided.name, wheel.value);
    }
    return success(built);
  } finally {
    rmSync(sources, { recursive: true, force: true });
  }
}
