import { failure, type Result, success } from '#base';
import { printJson, renderSiteText } from '#report';
import { describeMachine, mergeMachines, type NamedMachine } from '#site';
import type { Context } from '../command.ts';
import { checkOwn, readHostRecording, writeOwn } from '../files/index.ts';

export interface SiteOptions {
  readonly out: string;
  readonly name?: string;
  readonly json?: boolean;
}

/** `gpu=FILE` names the partition; a file whose own name has a `=` is written with its folder: `./a=b.pharos`. */
const NAMED = /^([\w.-]{1,100})=(.+)$/;

async function readMachine(word: string): Promise<Result<NamedMachine>> {
  const [, named, file = word] = NAMED.exec(word) ?? [];
  const recording = await readHostRecording(file);
  if (!recording.ok) return recording;
  const described = describeMachine(recording.value);
  if (!described.ok) return failure({ ...described.failure, message: `${file}: ${described.failure.message}` });
  const { machine, partition } = described.value;
  const name = named ?? partition;
  if (name === undefined && machine.scheduler !== undefined) {
    return failure({
      code: 'cli/usage',
      message: `${file}: it was made in a job, and its partition is not told`,
      hint: `Name the partition, as in: gpu=${file}.`,
    });
  }
  return success({ machine, ...(name !== undefined && { partition: name }) });
}

/** `pharos site merge FILE…`: the file, and on stdout what it says. */
export async function mergeSite(
  files: readonly string[],
  { out, name, json }: SiteOptions,
  { terminal }: Context,
): Promise<Result<number>> {
  const checked = checkOwn(out);
  if (!checked.ok) return checked;
  const machines: NamedMachine[] = [];
  for (const file of files) {
    const machine = await readMachine(file);
    if (!machine.ok) return machine;
    machines.push(machine.value);
  }
  const cluster = machines.map(({ machine }) => machine.slurm?.cluster).find((one) => one !== undefined);
  const site = mergeMachines(machines, name ?? cluster ?? 'site');
  if (!site.ok) return site;
  const written = writeOwn(out, printJson(site.value));
  if (!written.ok) return written;
  terminal.out.print(json ? printJson(site.value) : renderSiteText(site.value, { colour: terminal.out.colour }));
  terminal.err.print(`wrote ${out}`);
  return success(0);
}
