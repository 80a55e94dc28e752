import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failure, type Result, success } from '#base';
import { printJson, renderVerificationText } from '#report';
import type { Verification } from '#schema';
import {
  checkImage,
  type ObservedRun,
  readRun,
  type Subject,
  snapshotOriginals,
  verifyDamaged,
  verifyRuns,
} from '#verify';
import type { Context } from '../command.ts';
import { localHost, readImage, sayErrno } from '../files/index.ts';
import { cleanStage } from './clean-stage.ts';
import { launchedCommand } from './launched-command.ts';
import { localMachine } from './local-machine.ts';
import { observe } from './observe.ts';

/** As commander gives them. */
export interface VerifyOptions {
  readonly as?: 'text' | 'json';
  readonly ignoreOutput?: boolean;
}

interface Work extends Subject {
  readonly launch: string;
  readonly folder: string;
  readonly ignoresOutput: boolean;
}

/** A launch that could not start the job says why in its own words. */
function refusal({ recording, output }: ObservedRun): Result<undefined> {
  const [exit] = recording.facts.exit;
  const said = /^pharos: (.*)\n(?:pharos: (.*)\n)?/m.exec(output.error);
  if (exit?.status !== 2 || !said || recording.facts.python.length > 0) return success(undefined);
  return failure({
    code: 'cli/cannot-launch',
    message: Buffer.from(said[1] ?? '', 'latin1').toString(),
    ...(said[2] ? { hint: Buffer.from(said[2], 'latin1').toString() } : {}),
  });
}

async function runBoth(work: Work, context: Context): Promise<Result<Verification>> {
  const { launch, manifest, command, folder, ignoresOutput } = work;
  const image = await checkImage(launch, manifest, localMachine);
  if (image.outcome === 'differs') return success(verifyDamaged(work, image));
  const plain = await observe({ command, folder, name: 'plain' }, context);
  if (!plain.ok) return plain;
  // What could not be seen of this one cannot be compared with the other.
  const seen = readRun(plain.value.recording, 'the run as it is');
  if (!seen.ok) return seen;
  const before = await snapshotOriginals(manifest, localHost);
  const since = Date.now();
  const launched = launchedCommand([launch, '--keep'], command);
  const staged = await observe({ command: launched, folder, name: 'staged' }, context);
  if (!staged.ok) return staged;
  const started = refusal(staged.value);
  if (!started.ok) return started;
  const after = await snapshotOriginals(manifest, localHost);
  const evidence = { image, plain: plain.value, staged: staged.value, before, after, ignoresOutput };
  const verified = await verifyRuns(work, evidence, localMachine);
  if (verified.ok && verified.value.stage !== undefined) cleanStage(launch, verified.value.stage, since);
  return verified;
}

function makeFolder(): Result<string> {
  try {
    return success(mkdtempSync(join(tmpdir(), 'pharos-verify-')));
  } catch (error) {
    const message = `no folder can be made in ${tmpdir()}: ${sayErrno(error)}`;
    return failure({ code: 'cli/cannot-write', message, hint: 'Set TMPDIR to a folder where files may be made.' });
  }
}

/** `pharos verify IMAGE -- CMD`: runs it as it is and from the image, and tells what is not the same. */
export async function verify(path: string, options: VerifyOptions, context: Context): Promise<Result<number>> {
  const image = readImage(path);
  if (!image.ok) return image;
  const folder = makeFolder();
  if (!folder.ok) return folder;
  try {
    const work: Work = {
      image: path,
      command: context.command,
      ...image.value,
      folder: folder.value,
      ignoresOutput: options.ignoreOutput ?? false,
    };
    const verified = await runBoth(work, context);
    if (!verified.ok) return verified;
    const { out } = context.terminal;
    const { value } = verified;
    out.print(options.as === 'json' ? printJson(value) : renderVerificationText(value, { colour: out.colour }));
    return success(value.green ? 0 : 1);
  } finally {
    rmSync(folder.value, { recursive: true, force: true });
  }
}
