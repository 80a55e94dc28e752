import { existsSync, statSync } from 'node:fs';
import { Option } from 'commander';
import { failure, type Result } from '#base';
import { type AddCommand, type Context, settle } from '../command.ts';
import { measuringOption } from '../options.ts';
import type { CalibrateOptions } from '../work.ts';

const isFolder = (path: string) => existsSync(path) && statSync(path).isDirectory();

async function calibrate(
  paths: readonly string[],
  options: CalibrateOptions,
  context: Context,
): Promise<Result<number>> {
  const [first = ''] = paths;
  const { calibrateFiles, calibrateFolder } = await import('../work.ts');
  const isTimes = paths.every((path) => path.endsWith('.json') && !isFolder(path));
  if (isTimes && !options.load) return calibrateFiles(paths, options, context);
  if (paths.length === 1 && !isTimes) return calibrateFolder(first, options, context);
  return failure({
    code: 'cli/usage',
    message: isTimes ? '--load measures, and files were measured before' : 'one folder is calibrated at a time',
    hint: 'Give one folder on the mount, or the files *.calibration.json of nodes.',
  });
}

export const addCalibrateCommand: AddCommand = (program, context) => {
  const command = program
    .command('calibrate')
    .summary('measure the file system below a folder, politely, and write its profile')
    .description(
      `Measures the file system that a folder is on, and writes its profile: for --profile of the other commands. One \
process makes at most 50 calls a second for at most 30 seconds, on files of its own that it removes again. On nodes \
without Node.js the collector measures, and its files are given here:

  srun -N1 python3 pharos-collect.pyz calibrate -o mount.calibration.json DIR`,
    )
    .usage('[options] DIR  |  [options] FILE…')
    .argument('<path...>', 'a folder on the mount, or *.calibration.json files of one mount')
    .option('--load', 'also try more and more processes on this node: tells how many requests the servers finish');
  const options = [
    new Option('-o, --out <file>', 'where the profile is written; NAME.profile.json of the folder if absent'),
    new Option('--like <name|file>', 'the profile to begin from: nfs, lustre, local … or a JSON file'),
    measuringOption(),
    new Option('--as <face>', 'how to say it').choices(['text', 'json']).default('text'),
  ];
  for (const option of options) command.addOption(option);
  return command.action((paths: string[], chosen: CalibrateOptions) =>
    settle(context, calibrate(paths, chosen, context)),
  );
};
