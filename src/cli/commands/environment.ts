import { Option } from 'commander';
import { type AddCommand, settle } from '../command.ts';
import { importOptions, judgeOptions } from '../options.ts';
import type { EnvironmentOptions } from '../work.ts';

export const addEnvironmentCommand: AddCommand = (program, context) => {
  const command = program
    .command('env')
    .summary('tell what an environment contains, and what is wrong with it')
    .description(
      'Tells what an environment contains: distributions, extension modules, the libraries they bring and need, for which \
machines and glibc they are, which copies the loader of this machine would take; and what is wrong with it. Its files are \
read; nothing of it is run but what --import names.',
    )
    .argument(
      '[places...]',
      'a virtual environment, a conda prefix, a folder of packages, or wheels; the active one if absent',
    );
  const own = [
    new Option('--site <file>', 'ask too whether the partitions of this site file can run it'),
    ...importOptions(),
    new Option('--all', 'every row of every table'),
    new Option('--json', 'all that was read, as JSON'),
    new Option('--out <file>', 'write the JSON to this file'),
  ];
  for (const option of [...own, ...judgeOptions()]) command.addOption(option);
  return command.action((places: string[], chosen: EnvironmentOptions) =>
    settle(
      context,
      import('../work.ts').then(({ showEnvironment }) => showEnvironment(places, chosen, context)),
    ),
  );
};
