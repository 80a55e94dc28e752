import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { failure, type Result, success } from '#base';
import { printJson, renderMachineText } from '#report';
import { describeMachine, notesOfMachine } from '#site';
import type { Context } from '../command.ts';
import { checkOwn, readHostRecording } from '../files/index.ts';
import { wait } from './collect.ts';
import { findPython, OLDEST_MINOR } from './python.ts';

export interface HostOptions {
  readonly out?: string;
  readonly seconds?: string;
  readonly all?: boolean;
  readonly json?: boolean;
}

const EVERY = 100_000;

/** Runs the collector here; it says itself why it cannot. Its status beside the recording that it left. */
async function note(
  into: string,
  { seconds }: HostOptions,
  { environment, folder }: Context,
): Promise<Result<{ readonly status: number; readonly file: string | undefined }>> {
  const python = findPython(environment, '', OLDEST_MINOR.host);
  if (!python.ok) return python;
  const program = join(folder, 'dist', 'pharos-collect.pyz');
  const words = [...(seconds === undefined ? [] : ['--seconds', seconds]), '-o', into];
  const ended = await wait(python.value, ['-I', '-S', program, 'host', ...words]);
  if (!ended.ok) return ended;
  const stem = into.slice(into.lastIndexOf('/') + 1).replace(/\.pharos$/, '');
  const place = into.includes('/') ? into.slice(0, into.lastIndexOf('/') + 1) : '.';
  // In a step of several nodes the file is named by the node.
  const written = readdirSync(place).find((name) => name === `${stem}.pharos`);
  return success({ status: ended.value.status, file: written && join(place, written) });
}

async function show(file: string, options: HostOptions, { terminal }: Context): Promise<Result<number>> {
  const recording = await readHostRecording(file);
  if (!recording.ok) return recording;
  const described = describeMachine(recording.value);
  if (!described.ok) return failure({ ...described.failure, message: `${file}: ${described.failure.message}` });
  const { machine, partition = 'this machine' } = described.value;
  const notes = notesOfMachine({ name: partition, machine });
  const { colour } = terminal.out;
  const more = options.all ? { most: EVERY } : {};
  terminal.out.print(options.json ? printJson(machine) : renderMachineText(machine, notes, { colour, ...more }));
  return success(0);
}

/** `pharos host [FILE]`: of a recording, or of this machine. */
export async function showHost(
  file: string | undefined,
  options: HostOptions,
  context: Context,
): Promise<Result<number>> {
  if (file !== undefined) return show(file, options, context);
  const { out } = options;
  const named = out === undefined || out.endsWith('.pharos') ? out : `${out}.pharos`;
  const checked = named === undefined ? success('') : checkOwn(named);
  if (!checked.ok) return checked;
  const aside = mkdtempSync(join(tmpdir(), 'pharos-host-'));
  try {
    const noted = await note(named ?? join(aside, 'host.pharos'), options, context);
    if (!noted.ok) return noted;
    const { status, file: written } = noted.value;
    if (written === undefined) return success(status === 0 ? 2 : status);
    const shown = await show(written, options, context);
    if (named !== undefined) context.terminal.err.print(`wrote ${named}`);
    return shown.ok ? success(status) : shown;
  } finally {
    rmSync(aside, { recursive: true, force: true });
  }
}
