import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { failure, type Result, success } from '#base';
import { type Lock, readPylock } from '#formats/project';
import { lockName, PLAN_MARK, type Place, planFiles, siteStem } from '#plan';
import type { PackagePlan } from '#schema';
import { sayErrno, writeOwn } from '../../files/index.ts';
import { buildWheels } from './build-wheels.ts';
import { type Locking, lockWithUv, type Resolving } from './resolve.ts';

const cannotWrite = (path: string, error: unknown) =>
  failure({
    code: 'cli/cannot-write',
    message: `${path} cannot be written: ${sayErrno(error)}`,
    hint: 'Choose another place with --output.',
  });

/** A folder that is empty, or that a plan was written into before. */
export function openPlanFolder(folder: string): Result<string> {
  try {
    mkdirSync(folder, { recursive: true });
    if (readdirSync(folder).length === 0 || existsSync(join(folder, 'plan.json'))) return success(folder);
  } catch (error) {
    return cannotWrite(folder, error);
  }
  return failure({
    code: 'cli/cannot-write',
    message: `${folder} has files, and no plan was written into it`,
    hint: 'Choose an empty folder with --output.',
  });
}

function writeLinks({ decisions }: PackagePlan, folder: string): Result<undefined> {
  const lib = join(folder, 'lib');
  for (const { name, target } of decisions.flatMap(({ links }) => links)) {
    const path = join(lib, name);
    try {
      mkdirSync(lib, { recursive: true });
      if (existsSync(path) && !lstatSync(path).isSymbolicLink()) {
        return failure({ code: 'cli/cannot-write', message: `${path} exists and was not written by pharos` });
      }
      const aside = `${path}.${process.pid}`;
      symlinkSync(target, aside);
      renameSync(aside, path);
    } catch (error) {
      return cannotWrite(path, error);
    }
  }
  return success(undefined);
}

/** Texts of files into the folder, each written aside, then renamed. */
function writeFiles(plan: PackagePlan, place: Place): Result<readonly string[]> {
  const files = planFiles(plan, place);
  if (!files.ok) return files;
  for (const { path, text } of files.value) {
    const whole = join(place.folder, path);
    try {
      mkdirSync(dirname(whole), { recursive: true });
    } catch (error) {
      return cannotWrite(whole, error);
    }
    const written = writeOwn(whole, text);
    if (!written.ok) return written;
  }
  const links = writeLinks(plan, place.folder);
  return links.ok ? success(files.value.map(({ path }) => path)) : links;
}

async function writeLock(resolving: Resolving, locking: Locking): Promise<Result<Lock>> {
  const text = await lockWithUv(resolving, locking);
  if (!text.ok) return text;
  const written = writeOwn(join(locking.folder, lockName(locking.plan.site)), `# ${PLAN_MARK}\n${text.value}`);
  return written.ok ? readPylock(text.value) : written;
}

export interface Writing {
  readonly plan: PackagePlan;
  readonly folder: string;
  /** Absent where there is no uv. */
  readonly resolving?: Resolving;
  readonly isBuilding: boolean;
  readonly tell: (line: string) => void;
}

/** Writes what a plan says into its folder; without uv all but the lock. */
export async function writePlan({
  plan,
  folder,
  resolving,
  isBuilding,
  tell,
}: Writing): Promise<Result<readonly string[]>> {
  const bare: Place = { folder, moduleName: `pharos-${siteStem(plan.site)}`, isBuilt: false };
  const first = writeFiles(plan, bare);
  if (!first.ok || !resolving) return first;
  const lock = await writeLock(resolving, { plan, folder, withAllWheels: false, wheels: new Map() });
  if (!lock.ok) return lock;
  const withLock = { ...bare, lock: lockName(plan.site) };
  if (!isBuilding || !plan.decisions.some(({ from }) => from === 'rebuild'))
    return named(writeFiles(plan, withLock), withLock);
  const wheels = await buildWheels(plan.decisions, lock.value, folder, resolving, tell);
  if (!wheels.ok) return wheels;
  const built: Place = { ...withLock, isBuilt: true };
  const files = writeFiles(plan, built);
  if (!files.ok) return files;
  const relocked = await writeLock(resolving, { plan, folder, withAllWheels: true, wheels: wheels.value });
  if (!relocked.ok) return relocked;
  return named(
    files,
    built,
    [...wheels.value.values()].map((wheel) => `wheels/${wheel}`),
  );
}

/** What was written, the lock first. */
function named(
  files: Result<readonly string[]>,
  { lock }: Place,
  more: readonly string[] = [],
): Result<readonly string[]> {
  return files.ok ? success([...(lock === undefined ? [] : [lock]), ...more, ...files.value]) : files;
}
