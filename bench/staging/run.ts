import { availableParallelism, release } from 'node:os';
import { parseArgs } from 'node:util';
import { lacks } from '../../test/real/machine.ts';
import { slowfsNeeds } from '../../test/real/slowfs.ts';
import { slowMounts } from '../scale/slow-mounts.ts';
import { makeEnvironment } from './environment.ts';
import { measure } from './measure.ts';
import { PEERS } from './peers.ts';
import { shared } from './places.ts';

// `node bench/staging/run.ts [--nodes 1,4,8] [--repeats 3] [--only plain,pharos]`, after `npm run build`, as root: the
// same job started cold and warm from an image of Pharos and in the ways of others, side by side behind slowfs.

/** Round trip and slots as usual for one crowded server; the rest is slowfs's own. */
const DIALS = { round_trip: 200, metadata_slots: 4, data_slots: 16, megabytes_per_second: 1000 };

const numbers = (text: string) => text.split(',').map(Number);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { nodes: { type: 'string' }, repeats: { type: 'string' }, only: { type: 'string' } },
  });
  if (lacks('bench/staging', ...slowfsNeeds, 'unshare')) return;
  const asked = PEERS.filter(({ id }) => values.only?.split(',').includes(id) ?? true);
  const peers = asked.filter(({ title, needs }) => !lacks(title, ...needs));
  makeEnvironment();
  for (const peer of peers) peer.prepare();
  const mounts = slowMounts(['keep_cache'], false, shared);
  try {
    const question = { peers, nodes: numbers(values.nodes ?? '1,4,8'), repeats: Number(values.repeats ?? 3) };
    const measured = await measure({ ...question, dials: DIALS }, mounts);
    console.log(`${availableParallelism()} cores, Linux ${release().split('-')[0]}.`);
    console.table(measured);
  } finally {
    mounts.stop();
  }
}

await main();
