import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { availableParallelism, release } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { lacks } from '../../test/real/machine.ts';
import { root } from '../../test/real/run.ts';
import { slowfsNeeds } from '../../test/real/slowfs.ts';
import { calibratedProfile, calibrateTestbed } from './calibrated.ts';
import { forget } from './measurements.ts';
import { compareNetwork, glusterNeeds, measureNetwork } from './network.ts';
import { publishedTables } from './published.ts';
import { type Row, summarise } from './rows.ts';
import { compareTestbed, type Extent, measureTestbed } from './testbed.ts';
import { type Bounds, tableOf, verdictOf } from './write-page.ts';

// `node bench/scale/run.ts [--quick] [--only testbed,calibrated,network,published] [--again]`, after `npm run build`, as
// root: measures, compares with what Pharos tells, and writes docs/validation.md (with --quick or --only: prints it).
// What was measured is kept in build/scale; --again measures anew, of all parts or of those that --only names.

interface Part {
  readonly id: string;
  readonly title: string;
  readonly about: string;
  readonly needs: readonly string[];
  readonly bounds: Bounds;
  measure(extent: Extent): Promise<void>;
  compare(extent: Extent): Row[];
}

const PUBLISHED = 'published';

const PARTS: readonly Part[] = [
  {
    id: 'testbed',
    title: 'Testbed, the server known',
    about: `slowfs, the delayed file system of our tests: every node is a mount of its own, all mounts ask one server. The profile has the dials as they are set; uncertain is only the model. Each job was recorded once, on the local disk.`,
    needs: slowfsNeeds,
    bounds: { medianError: 0.08, inside: 0.9, width: 2 },
    measure: measureTestbed,
    compare: (extent) => compareTestbed(extent),
  },
  {
    id: 'calibrated',
    title: 'Testbed, the server calibrated',
    about: `The same starts, told with the profile that \`pharos calibrate --load\` makes on one mount of each server, which is told nothing of the dials.`,
    needs: slowfsNeeds,
    bounds: { medianError: 0.15 },
    async measure(extent) {
      await measureTestbed(extent);
      calibrateTestbed(extent);
    },
    compare: (extent) => compareTestbed(extent, calibratedProfile),
  },
  {
    id: 'network',
    title: 'GlusterFS, calibrated on one node',
    about: `A network file system that nobody here wrote, from Debian's packages, with its own translator that delays each call in a thread of the server. \`pharos calibrate --load\` saw one mount; what is told is for more.`,
    needs: glusterNeeds,
    bounds: { medianError: 0.2 },
    measure: measureNetwork,
    compare: compareNetwork,
  },
];

async function sectionOf(part: Part, extent: Extent): Promise<string> {
  const { title, about, needs, bounds } = part;
  if (lacks(title, ...needs)) return `## ${title}\n\nNot run: the machine lacks what it needs (${needs.join(', ')}).\n`;
  await part.measure(extent);
  const rows = part.compare(extent);
  return `## ${title}\n\n${about}\n\n${verdictOf(summarise(rows), bounds)}\n\n${tableOf(rows)}\n`;
}

const HEAD = `# How far what Pharos tells of a start is from what happens

Written by \`node bench/scale/run.ts\`, which anyone can run again: as root, after \`npm run build\`, with the packages of \`scripts/install-debian.sh\`. Docs on the model: [scale](concepts/scale.md).

_Measured_ is the time from one word to all ranks until the last of them has done its imports, cold: mounts are made anew for each start. Where it is below 3 s it is the median of three. _Low_, _median_ and _high_ are what Pharos tells: nine in ten measured times should lie between low and high. _Error_ is the median's against the measured time.

All nodes are on one machine. A run counts where the cores alone, with the server's delays off, would take less than a sixth of the measured time; others are printed and left out.
`;

function today(): string {
  const cores = availableParallelism();
  return `${new Date().toISOString().slice(0, 10)}, ${cores} cores, Linux ${release().split('-')[0]}.`;
}

/** What else runs on the machine is not the model's fault: this, and what it starts, goes first. */
function takePriority(): void {
  const { status } = spawnSync('chrt', ['--rr', '--pid', '5', String(process.pid)], { stdio: 'ignore' });
  if (status !== 0) process.stderr.write('not given priority: what else runs here shows in the times\n');
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { quick: { type: 'boolean' }, only: { type: 'string' }, again: { type: 'boolean' } },
  });
  const only = values.only?.split(',') ?? [...PARTS.map(({ id }) => id), PUBLISHED];
  const extent: Extent = { isQuick: values.quick === true };
  takePriority();
  const sections: string[] = [];
  for (const part of PARTS.filter(({ id }) => only.includes(id))) {
    if (values.again) forget(part.id);
    sections.push(await sectionOf(part, extent));
  }
  if (only.includes(PUBLISHED)) sections.push(`## Published\n\n${publishedTables()}\n`);
  const page = [HEAD, `${today()}\n`, ...sections].join('\n');
  if (values.only || extent.isQuick) console.log(page);
  else writeFileSync(join(root, 'docs/validation.md'), page);
}

await main();
