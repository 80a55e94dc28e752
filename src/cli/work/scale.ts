import { failure, type Result, success } from '#base';
import { examineScale, type ScaleQuestion } from '#engine';
import { launcherTimings, staging } from '#knowledge';
import { printJson, renderScaleHtml, renderScaleMarkdown, renderScaleSvg, renderScaleText } from '#report';
import type { ScaleTable } from '#schema';
import type { Context } from '../command.ts';
import { SCALE_FACES, type ScaleFace } from '../face-names.ts';
import { checkOwn, nameJob, placeStem, readStarts, writeOwn } from '../files/index.ts';
import { readSizes } from '../size-list.ts';
import { readQuestion } from './question.ts';

/** As commander gives them. */
export interface ScaleOptions {
  readonly nodes?: string;
  readonly ranksPerNode?: number;
  readonly coresPerNode?: number;
  readonly jobs?: number;
  readonly profile?: string;
  readonly launcher?: string;
  readonly transport?: readonly string[];
  readonly explain?: number;
  readonly as?: ScaleFace;
  readonly out?: string;
}

const RENDER: Record<ScaleFace, (table: ScaleTable, colour: boolean) => string> = {
  text: (table, colour) => renderScaleText(table, { colour }),
  md: renderScaleMarkdown,
  json: printJson,
  html: renderScaleHtml,
  svg: renderScaleSvg,
};

const OUT: readonly ScaleFace[] = ['json', 'html', 'svg'];

const LAUNCHERS = ['none', ...launcherTimings.map(({ id }) => id)];
const TRANSPORTS = staging.transports.map(({ id }) => id);

/** The first that is not there. */
function checkKnown(what: string, known: readonly string[], asked: readonly string[]): Result<undefined> {
  const unknown = asked.find((each) => !known.includes(each));
  if (unknown === undefined) return success(undefined);
  const message = `there is no ${what} ${unknown === '' ? 'without a name' : unknown}`;
  return failure({ code: 'cli/usage', message, hint: `Use one of ${known.join(', ')}.` });
}

function checkNames({ launcher, transport = [] }: ScaleOptions): Result<undefined> {
  const launched = checkKnown('launcher', LAUNCHERS, launcher === undefined ? [] : [launcher]);
  return launched.ok ? checkKnown('transport', TRANSPORTS, transport) : launched;
}

function readScaleQuestion(options: ScaleOptions): Result<ScaleQuestion> {
  const { ranksPerNode, coresPerNode, jobs, profile, launcher, transport, explain } = options;
  const names = checkNames(options);
  if (!names.ok) return names;
  const sizes = options.nodes === undefined ? undefined : readSizes(options.nodes);
  if (sizes && !sizes.ok) return sizes;
  const question = readQuestion({
    ...(ranksPerNode === undefined ? {} : { ranksPerNode }),
    ...(profile === undefined ? {} : { profile }),
  });
  if (!question.ok) return question;
  return success({
    scale: question.value.scale,
    ...(sizes ? { nodes: sizes.value } : {}),
    ...(coresPerNode === undefined ? {} : { coresPerNode }),
    ...(jobs === undefined ? {} : { jobs }),
    ...(launcher === undefined ? {} : { launcher }),
    ...(transport === undefined ? {} : { transports: transport }),
    ...(explain === undefined ? {} : { explain }),
  });
}

function writeOut(table: ScaleTable, out: string): Result<undefined> {
  const stem = placeStem(out, nameJob([table.job.script]));
  const places = OUT.map((face) => ({ face, path: `${stem}.${SCALE_FACES[face]}` }));
  // All or none.
  for (const { path } of places) {
    const own = checkOwn(path);
    if (!own.ok) return own;
  }
  for (const { face, path } of places) {
    const written = writeOwn(path, RENDER[face](table, false));
    if (!written.ok) return written;
  }
  return success(undefined);
}

/** `pharos scale FILE…`: the table on stdout; files only where `--out` names a place. */
export async function scaleRecordings(
  files: readonly string[],
  options: ScaleOptions,
  { terminal }: Context,
): Promise<Result<number>> {
  const question = readScaleQuestion(options);
  if (!question.ok) return question;
  const recordings = await readStarts(files);
  if (!recordings.ok) return recordings;
  const table = examineScale(recordings.value, question.value);
  if (!table.ok) return table;
  if (options.out !== undefined) {
    const written = writeOut(table.value, options.out);
    if (!written.ok) return written;
  }
  terminal.out.print(RENDER[options.as ?? 'text'](table.value, terminal.out.colour));
  return success(0);
}
