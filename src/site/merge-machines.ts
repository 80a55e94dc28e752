import { failure, type Result, success } from '#base';
import type { Machine, Site } from '#schema';
import { combineMachines } from './combine-machines.ts';
import { notesOfDifference, notesOfMachine, notesOfUnseen, withoutPersonal } from './notes.ts';

/** What one file tells. `partition`: as its user or the batch system named it; without one it is a login machine. */
export interface NamedMachine {
  readonly machine: Machine;
  readonly partition?: string;
}

/** In a site file beside the partitions. */
const LOGIN = 'login';

function grouped(machines: readonly NamedMachine[]): Map<string, [Machine, ...Machine[]]> {
  const groups = new Map<string, [Machine, ...Machine[]]>();
  for (const { machine, partition = LOGIN } of machines) {
    const group = groups.get(partition);
    if (group) group.push(machine);
    else groups.set(partition, [machine]);
  }
  return groups;
}

/** One file of facts of a site: by partition what holds on all its nodes that were looked at, and where they differ. */
export function mergeMachines(machines: readonly NamedMachine[], name: string): Result<Site> {
  if (machines.some(({ machine, partition }) => partition === LOGIN && machine.scheduler !== undefined)) {
    return failure({
      code: 'site/name',
      message: 'a machine of a job is named login',
      hint: 'Name it otherwise, as in: gpu=gpu.pharos.',
    });
  }
  const notes: string[] = [];
  const merged = [...grouped(machines)].map(([one, group]) => {
    const cleaned = withoutPersonal({ name: one, machine: combineMachines(group) });
    notes.push(...cleaned.notes, ...notesOfMachine({ name: one, machine: cleaned.machine }));
    return { name: one, machine: cleaned.machine };
  });
  const login = merged.find((one) => one.name === LOGIN);
  const partitions = merged.filter((one) => one !== login);
  if (login) notes.push(...partitions.flatMap((other) => notesOfDifference(login, other)));
  notes.push(
    ...notesOfUnseen(
      merged.map(({ machine }) => machine),
      new Set(partitions.map((one) => one.name)),
    ),
  );
  return success({
    kind: 'pharos-site',
    version: 1,
    name,
    partitions: Object.fromEntries(partitions.map((one) => [one.name, one.machine])),
    ...(login && { login: login.machine }),
    notes,
  });
}
