import { InvalidArgumentError, Option } from 'commander';
import { FACE_NAMES } from './face-names.ts';

// Options that several commands have. Values are checked before anything runs.

/** More than any machine has; keeps the arithmetic of the model far from overflow. */
const MOST = { nodes: 1_000_000, ranks: 100_000, jobs: 100_000 };

function wholeNumber(most: number, least = 1) {
  return (text: string): number => {
    const value = Number(text);
    if (/^\d+$/.test(text) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It is not a whole number from ${least} to ${most}.`);
  };
}

const collectTexts = (text: string, previous: readonly string[] = []) => [...previous, text];

export const textsOption = (flags: string, about: string): Option => new Option(flags, about).argParser(collectTexts);

export const importOptions = (): Option[] => [
  new Option(
    '--import <modules>',
    'import these modules with its Python, in a process that is thrown away, and compare what it loads',
  ).argParser(collectTexts),
  new Option('--seconds <n>', 'stop imports after so many seconds; 120 if absent').argParser(wholeNumber(3600)),
];

const ranksOption = (): Option =>
  new Option('--ranks-per-node <r>', 'ranks on each of them').argParser(wholeNumber(MOST.ranks));

const profileOption = (): Option =>
  new Option('--profile <name|file>', 'file system to say the cost for: lustre, nfs, gpfs … or a JSON file');

export const scaleOptions = (): Option[] => [
  new Option('--nodes <n>', 'nodes to say the cost for').argParser(wholeNumber(MOST.nodes)),
  ranksOption(),
  profileOption(),
];

export const jobScaleOptions = (): Option[] => [
  new Option('--nodes <list>', 'numbers of nodes: 1,4,16..1024, where .. doubles; 1, 4, 16 … 4096 if absent'),
  ranksOption(),
  new Option('--cores-per-node <c>', 'cores that the ranks of a node share').argParser(wholeNumber(MOST.ranks)),
  new Option('--jobs <k>', 'such jobs that start at the same time; 1 if absent').argParser(wholeNumber(MOST.jobs)),
  profileOption(),
  new Option('--launcher <name>', 'slurm, openmpi, mpich, pals, flux, lsf, none; that of the recording if absent'),
  new Option('--transport <id>', 'tell staging by this transport only; may be repeated').argParser(collectTexts),
  new Option('--explain <n>', 'also print the arithmetic for n nodes').argParser(wholeNumber(MOST.nodes)),
];

export const collectOptions = (): Option[] => [
  new Option('--process <n>', 'audit the n-th Python process instead of the last in the chain of execs').argParser(
    wholeNumber(MOST.nodes),
  ),
  new Option('--ranks <list>', 'ranks of a job step to observe: 0,5,10-12, or all'),
  new Option('--kernel <name>', 'audit the start of this Jupyter kernel instead of a command'),
  new Option('--trace <what>', 'strace the job itself, not only a replay of its imports').choices(['job']),
  new Option('--no-replay', 'do not run the imports again under strace'),
  passthroughOption(),
];

export const passthroughOption = (): Option => new Option('--passthrough', "end with the command's own exit status");

export const secondsOption = (): Option =>
  new Option('--seconds <n>', 'end the command after so many seconds; 10 if absent').argParser(wholeNumber(3600));

export const measuringOption = (): Option =>
  new Option('--seconds <n>', 'measure for at most so many seconds, from 10 to 30; 30 if absent').argParser(
    wholeNumber(30, 10),
  );

export const judgeOptions = (): Option[] => [
  new Option('--fail-on <severity>', 'end with status 1 when there is a finding so severe').choices([
    'error',
    'warning',
    'note',
  ]),
  new Option('--allow <id: because>', 'allow the findings of an audit, for this reason; may be repeated').argParser(
    collectTexts,
  ),
];

export const faceOption = (): Option => new Option('--as <face>', 'how to write the report').choices(FACE_NAMES);

export const outOption = (): Option =>
  new Option('--out <dir|stem>', 'folder, or beginning of the names, of the files to write');

export const packOptions = (): Option[] => [
  new Option('--whole <package>', 'pack all of this package; may be repeated').argParser(collectTexts),
  new Option('--only-traced', 'leave out what only may be used: metadata, small data, scripts'),
  new Option('--add-misses', 'add what earlier starts of the image did not find in it'),
  new Option('--trace <what>', 'of a command: strace the job itself, not only a replay of its imports').choices([
    'job',
  ]),
];

export const scriptOptions = (): Option[] => [
  new Option('--nodes <n>', 'of a new script: nodes').default(1).argParser(wholeNumber(MOST.nodes)),
  new Option('--ranks-per-node <r>', 'of a new script: ranks on each of them')
    .default(1)
    .argParser(wholeNumber(MOST.ranks)),
  new Option('--minutes <m>', 'of a new script: its time limit').default(30).argParser(wholeNumber(525_600)),
];
