import { success } from '#base';
import type { Facts, Hosts } from '#schema';
import type { Gatherer } from '../gatherer.ts';
import { ordered } from '../group-ranks.ts';
import { type StepNode, stepNodes } from '../step-nodes.ts';

type Host = Hosts['groups'][number]['value'];
type Devices = Facts['devices'][number];

/** `4 × NVIDIA A100`, one entry a kind. */
function counted(names: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const name of [...names].sort()) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, count]) => `${count} × ${name}`);
}

const VENDORS = { nvidia: 'NVIDIA GPU', amd: 'AMD GPU', intel: 'Intel GPU', other: 'display controller' } as const;

const describeDevices = ({ gpus, nics, drivers }: Devices) => ({
  drivers: ordered(drivers),
  gpus: counted(gpus.map(({ model, vendor }) => model ?? VENDORS[vendor])),
  nics: counted(nics.map(({ kind }) => kind)),
});

function describeHost({ recordings }: StepNode): Host | undefined {
  const [fact] = recordings.flatMap(({ facts }) => facts.node);
  if (!fact) return undefined;
  const [devices = { gpus: [], nics: [], drivers: {} }] = recordings.flatMap(({ facts }) => facts.devices);
  // What the job was given of the node is no property of the node.
  const { cpusAllowed, cpuQuota, ...host } = fact;
  return { ...host, ...describeDevices(devices) };
}

/** The kernel keeps another share of the memory on each node: only a module of memory that is gone makes another machine. */
const isSameMemory = (a = 0, b = 0) => Math.abs(a - b) <= 0.03 * Math.max(a, b);

/** What each node is: kernel, C library, processor, memory, drivers, GPUs and NICs. Largest group first. */
export const hosts: Gatherer<'hosts'> = {
  makes: 'hosts',

  gather(recordings) {
    const groups = new Map<string, { nodes: string[]; value: Host }[]>();
    for (const node of stepNodes(recordings)) {
      const value = describeHost(node);
      if (!value) continue;
      const key = JSON.stringify({ ...value, memoryBytes: undefined });
      const alike = groups.get(key) ?? [];
      groups.set(key, alike);
      const group = alike.find((other) => isSameMemory(other.value.memoryBytes, value.memoryBytes));
      if (group) group.nodes.push(node.name);
      else alike.push({ nodes: [node.name], value });
    }
    return success({ groups: [...groups.values()].flat().sort((a, b) => b.nodes.length - a.nodes.length) });
  },
};
