import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { jobStarts } from '#knowledge';
import { SCRIPT_KINDS, writeScript } from './write-script.ts';

const request = {
  launch: '/lustre/u/env.image/launch',
  command: ['/lustre/u/env/bin/python', '/lustre/u/project/app.py', '--title', "it's"],
  nodes: 4,
  ranksPerNode: 8,
  minutes: 90,
};

/** Options with a value, as directives and launch lines have them, by what they are an option of. */
function listOptions(script: string): string[] {
  return script.split('\n').flatMap((line) => {
    const directive = /^(#(?:SBATCH|PBS|BSUB|flux:)) (-l \w+|--?[\w-]+)/.exec(line);
    if (directive) return [`${directive[1]} ${directive[2]}`];
    const launcher = /^(srun|flux run|mpiexec|mpirun|jsrun)(?: |$)(.*?)\/lustre/.exec(line.replace(/ \\$/, ' /lustre'));
    return [...(launcher?.[2] ?? '').matchAll(/(?<=^|\s)--?[a-z_-]+/g)].map(([option]) => `${launcher?.[1]} ${option}`);
  });
}

test.for(SCRIPT_KINDS)('%s', async (kind) => {
  const script = writeScript(kind, request);
  await expect(script).toMatchFileSnapshot(join(import.meta.dirname, 'cases', `new-${kind}.txt`));
  expect(spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' }).stderr).toBe('');
  expect(script.split('\n').filter((line) => line.length > 80)).toEqual([]);
  const known = jobStarts.find(({ id }) => id === kind)?.options ?? {};
  // Each option is documented by its makers, and no page is cited for nothing.
  expect([...new Set(listOptions(script))].sort()).toEqual(Object.keys(known).sort());
  for (const page of Object.values(known)) expect(page).toMatch(/^https:\/\/\S+$/);
});
