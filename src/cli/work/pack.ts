import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '#base';
import { examineStaging, type Scale } from '#engine';
import {
  buildImage,
  cachesOf,
  type ImagePlan,
  type OwnParts,
  planImage,
  readRecorded,
  type Trade,
  type Workshop,
} from '#pack';
import { renderStagingText } from '#report';
import { BLOCK_BYTES, type ImageManifest, type LeftLibrary, type Recording, type StagingOutlook } from '#schema';
import type { Context } from '../command.ts';
import { checkOwn, type ImageFolder, nameJob, openImage, readStarts } from '../files/index.ts';
import { collect } from './collect.ts';
import { localNames } from './local-names.ts';
import { openWorkshop } from './local-workshop.ts';
import { renderPackText } from './pack-text.ts';
import { type QuestionOptions, readQuestion } from './question.ts';

/** As commander gives them. */
export interface PackOptions extends QuestionOptions {
  readonly to?: string;
  readonly whole?: readonly string[];
  readonly onlyTraced?: boolean;
  readonly addMisses?: boolean;
  readonly trace?: 'job';
}

function ownParts(context: Context): OwnParts {
  const dist = join(context.folder, 'dist');
  const staged = join(dist, 'staged');
  const names = existsSync(staged) ? readdirSync(staged).filter((name) => name !== 'prepare.py') : [];
  return {
    program: readFileSync(join(dist, 'launch.sh')),
    staged: names.sort().map((name) => ({ name, bytes: readFileSync(join(staged, name)) })),
    folder: staged,
  };
}

/** Paths that earlier starts of the image missed: `IMAGE/misses/`, a file a node. */
function readMisses(image: string): string[] {
  const folder = join(image, 'misses');
  if (!existsSync(folder)) return [];
  const lines = readdirSync(folder).flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
  return [...new Set(lines.filter((line) => line.startsWith('/')))].sort();
}

async function recordStart(options: PackOptions, context: Context): Promise<Result<readonly string[]>> {
  const { command } = context;
  const stem = nameJob(command);
  const own = checkOwn(`${stem}.pharos`);
  if (!own.ok) return own;
  const trace = options.trace === undefined ? [] : ['--trace', options.trace];
  const collected = await collect({ mode: 'audit', stem, command, options: trace }, context);
  if (!collected.ok) return collected;
  if (collected.value.files.length > 0) return success(collected.value.files);
  return failure({
    code: 'cli/no-recording',
    message: `${command[0]} ended with status ${collected.value.status} and left no recording`,
    hint: 'Run pharos audit with the same command to see why.',
  });
}

interface Work {
  readonly recordings: readonly [Recording, ...Recording[]];
  readonly image: string;
  readonly trade: Omit<Trade, 'caches' | 'leave'>;
  readonly scale: Scale;
  readonly workshop: Workshop;
}

/** What both ways cost of very large libraries, told while it is planned what is packed. */
interface Weighing {
  readonly leave: NonNullable<Trade['leave']>;
  /** As it was told last; absent where the recordings have no very large library, or it cannot be told. */
  outlook(): StagingOutlook | undefined;
}

function weighing({ recordings, scale }: Work): Weighing {
  let outlook: StagingOutlook | undefined;
  return {
    outlook: () => outlook,
    leave(large, image) {
      const told = examineStaging(recordings, scale, image, large);
      outlook = told.ok ? told.value : undefined;
      return outlook ? listLeft(outlook) : [];
    },
  };
}

const listLeft = ({ large, nodes, ranksPerNode }: StagingOutlook): LeftLibrary[] =>
  large.flatMap(({ cheaper, path, bytes, packedSeconds, readSeconds }) =>
    cheaper === 'read' ? [{ path, bytes, nodes, ranksPerNode, packedSeconds, readSeconds }] : [],
  );

async function plan(work: Work, leave: Trade['leave'], context: Context): Promise<Result<ImagePlan>> {
  const { recordings, trade, workshop } = work;
  const names = localNames(context.environment);
  const recorded = readRecorded(recordings, names);
  if (!recorded.ok) return recorded;
  const caches = cachesOf(recorded.value, names, context.environment);
  const planned = await planImage(
    recorded.value,
    { ...trade, caches, ...(leave ? { leave } : {}) },
    ownParts(context),
    workshop,
  );
  if (!planned.ok) return planned;
  const [unknown] = planned.value.selected.unknown;
  if (unknown === undefined) return planned;
  return failure({
    code: 'cli/usage',
    message: `there is no package ${unknown} in the folders that are packed`,
    hint: 'Give --whole a name as it is installed: pip list shows them.',
  });
}

/** Whatever ends us leaves nothing behind. */
async function whileWatched<T>(image: ImageFolder, close: () => void, work: () => Promise<T>): Promise<T> {
  const stop = (signal: NodeJS.Signals) => {
    image.removeAside();
    close();
    process.removeListener(signal, stop);
    process.kill(process.pid, signal);
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, stop);
  try {
    return await work();
  } finally {
    for (const signal of signals) process.removeListener(signal, stop);
    await image.discard();
    close();
  }
}

/** Whether only the user's own code is another: then it pays as it did before. */
function isSameBelow({ layers }: ImagePlan, old: ImageManifest): boolean {
  const libraries = (all: readonly Pick<ImageManifest['layers'][number], 'name' | 'inputs'>[]) =>
    all.filter(({ name }) => name !== 'user').map(({ inputs }) => inputs);
  return libraries(layers).join() === libraries(old.layers).join();
}

/** As the image that is there says it. */
function readTransports(image: string): string[] | undefined {
  const file = openSync(join(image, 'launch'), 'r');
  try {
    const bytes = Buffer.alloc(BLOCK_BYTES);
    const header = bytes.subarray(0, readSync(file, bytes, 0, BLOCK_BYTES, 0)).toString('latin1');
    return /^pharos_transports='([\w\t\n-]*)'$/m.exec(header)?.[1]?.split('\n').filter(Boolean);
  } finally {
    closeSync(file);
  }
}

interface Outlook {
  readonly transports: readonly string[];
  /** Absent where it is not asked for anew, or cannot be told. */
  readonly outlook?: StagingOutlook;
}

function lookOut(
  { recordings, image, scale }: Work,
  planned: ImagePlan,
  old: ImageManifest | undefined,
  weighed: StagingOutlook | undefined,
): Outlook {
  const before =
    old && Object.keys(scale).length === 0 && isSameBelow(planned, old) ? readTransports(image) : undefined;
  if (before) return { transports: before };
  const { files, bytes } = planned;
  const told = weighed ? success(weighed) : examineStaging(recordings, scale, { files, bytes });
  if (!told.ok) return { transports: [] };
  const transports = told.value.transports.map(({ fromNodes, transport }) => `${fromNodes}\t${transport}`);
  return { transports, outlook: told.value };
}

async function build(work: Work, image: ImageFolder, context: Context): Promise<Result<string>> {
  const { leave, outlook: weighed } = weighing(work);
  const planned = await plan(work, leave, context);
  if (!planned.ok) return planned;
  const { transports, outlook } = lookOut(work, planned.value, image.old, weighed());
  const whole: ImagePlan = { ...planned.value, facts: { ...planned.value.facts, transports } };
  const built = await buildImage(whole, work.workshop, image.sink, image.old);
  if (!built.ok) return built;
  const finished = await image.finish(built.value.manifest);
  if (!finished.ok) return finished;
  const staging = outlook ? `\n${renderStagingText(outlook)}` : '';
  return success(renderPackText(work.image, whole, built.value, weighed()?.large ?? []) + staging);
}

/** `pharos pack FILE… --to IMAGE`, or with a command after `--`, which is recorded first. */
export async function pack(files: readonly string[], options: PackOptions, context: Context): Promise<Result<number>> {
  const { to = '', whole = [], onlyTraced = false, addMisses = false } = options;
  const question = readQuestion(options);
  if (!question.ok) return question;
  const image = openImage(to);
  if (!image.ok) return image;
  const { workshop, close } = openWorkshop(context);
  return whileWatched(image.value, close, async () => {
    const recorded = context.command.length > 0 ? await recordStart(options, context) : success(files);
    if (!recorded.ok) return recorded;
    const recordings = await readStarts(recorded.value);
    if (!recordings.ok) return recordings;
    const misses = addMisses ? readMisses(to) : [];
    const trade = { whole, onlyTraced, misses };
    const work: Work = { recordings: recordings.value, image: to, trade, scale: question.value.scale, workshop };
    const built = await build(work, image.value, context);
    if (!built.ok) return built;
    const { out, err } = context.terminal;
    (context.command.length > 0 ? err : out).print(built.value);
    return success(0);
  });
}
