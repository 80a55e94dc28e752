import { shellWord, unreachable } from '#base';
import { stageLines } from './edit-script.ts';

/** Schedulers and launchers that a new script can be written for. */
export const SCRIPT_KINDS = [
  'slurm',
  'flux',
  'pbs-pals',
  'pbs-openmpi',
  'pbs-hydra',
  'lsf-jsrun',
  'lsf-mpirun',
  'mpirun',
] as const;
export type ScriptKind = (typeof SCRIPT_KINDS)[number];

/** What a new script is to start. */
export interface ScriptRequest {
  /** The image's program, absolute. */
  readonly launch: string;
  readonly command: readonly string[];
  readonly nodes: number;
  readonly ranksPerNode: number;
  readonly minutes: number;
}

interface Parts {
  readonly directives: readonly string[];
  readonly launcher: readonly string[];
  readonly before?: readonly string[];
}

const two = (value: number) => String(value).padStart(2, '0');
const hours = (minutes: number) => `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;

// Options by their makers' pages: knowledge/job-launchers.json names the page of each.
function partsOf(kind: ScriptKind, { nodes, ranksPerNode, minutes }: ScriptRequest): Parts {
  const ranks = nodes * ranksPerNode;
  const pbs = [
    `#PBS -l select=${nodes}:ncpus=${ranksPerNode}:mpiprocs=${ranksPerNode}`,
    `#PBS -l walltime=${hours(minutes)}:00`,
  ];
  // PBS starts a job in the home folder.
  const before = ['cd "$PBS_O_WORKDIR" || exit'];
  switch (kind) {
    case 'slurm':
      return {
        directives: [
          `#SBATCH --nodes=${nodes}`,
          `#SBATCH --ntasks-per-node=${ranksPerNode}`,
          `#SBATCH --time=${hours(minutes)}:00`,
        ],
        launcher: ['srun'],
      };
    case 'flux':
      return {
        directives: [`#flux: --nodes=${nodes}`, `#flux: --time-limit=${minutes}m`],
        launcher: ['flux', 'run', `--nodes=${nodes}`, `--tasks-per-node=${ranksPerNode}`],
      };
    case 'pbs-pals':
      return { directives: pbs, before, launcher: ['mpiexec', '-n', `${ranks}`, '--ppn', `${ranksPerNode}`] };
    case 'pbs-openmpi':
      return {
        directives: pbs,
        before,
        launcher: ['mpiexec', '-n', `${ranks}`, '--map-by', `ppr:${ranksPerNode}:node`],
      };
    case 'pbs-hydra':
      return { directives: pbs, before, launcher: ['mpiexec', '-n', `${ranks}`, '-ppn', `${ranksPerNode}`] };
    case 'lsf-jsrun':
      return {
        directives: [`#BSUB -nnodes ${nodes}`, `#BSUB -W ${hours(minutes)}`],
        // One resource set a rank.
        launcher: [
          'jsrun',
          '--nrs',
          `${ranks}`,
          '--rs_per_host',
          `${ranksPerNode}`,
          '--tasks_per_rs',
          '1',
          '--cpu_per_rs',
          '1',
        ],
      };
    case 'lsf-mpirun':
      return {
        directives: [`#BSUB -n ${ranks}`, `#BSUB -R "span[ptile=${ranksPerNode}]"`, `#BSUB -W ${hours(minutes)}`],
        launcher: ['mpirun', '-n', `${ranks}`],
      };
    case 'mpirun':
      return {
        directives: nodes > 1 ? ['# The file hosts names the nodes, one a line.'] : [],
        launcher: [
          'mpirun',
          ...(nodes > 1 ? ['--hostfile', 'hosts'] : []),
          '-n',
          `${ranks}`,
          '--map-by',
          `ppr:${ranksPerNode}:node`,
        ],
      };
    default:
      return unreachable(kind);
  }
}

const COLUMNS = 80;

/** Words in lines of 80 columns as far as they can be broken. */
function wrap(words: readonly string[]): string {
  const lines: string[] = [];
  let line = '';
  for (const word of words) {
    if (line !== '' && line.length + word.length + 3 > COLUMNS) {
      lines.push(`${line} \\`);
      line = `  ${word}`;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line].join('\n');
}

/** A job script that starts the command from the image on all ranks. Options of the site (account, queue) are the user's to add. */
export function writeScript(kind: ScriptKind, request: ScriptRequest): string {
  const { directives, before = [], launcher } = partsOf(kind, request);
  const { launch, command } = request;
  // Without a scheduler nobody can reach all nodes before the ranks start: the first rank of each node stages.
  const stage = kind === 'mpirun' ? [] : [...stageLines(launch), ''];
  const start = wrap([...launcher, shellWord(launch), ...command.map(shellWord)]);
  const blocks = ['#!/bin/sh', ...directives, '', ...(before.length > 0 ? [...before, ''] : []), ...stage, start];
  return `${blocks.join('\n')}\n`;
}
