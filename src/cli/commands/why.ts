import { Option } from 'commander';
import { type AddCommand, settle } from '../command.ts';
import type { WhyOptions } from '../work.ts';

export const addWhyCommand: AddCommand = (program, context) => {
  const command = program
    .command('why')
    .summary('tell which copy of a library an environment would load, and why')
    .description(
      'Tells which copy of a library would be loaded by whom, by which rule of the dynamic loader, and which copies lose. \
Nothing is loaded. Variables count as they are set: LD_LIBRARY_PATH, LD_PRELOAD.',
    )
    .argument('<place>', 'a virtual environment or a conda prefix')
    .argument('<name>', 'libmpi.so.12, libmpi, or the end of the path of a library or extension module')
    .addOption(new Option('--json', 'as JSON'));
  return command.action((place: string, name: string, chosen: WhyOptions) =>
    settle(
      context,
      import('../work.ts').then(({ showWhy }) => showWhy(place, name, chosen, context)),
    ),
  );
};
