import { Option } from 'commander';
import { type AddCommand, settle } from '../command.ts';
import type { HostOptions } from '../work.ts';

export const addHostCommand: AddCommand = (program, context) => {
  const command = program
    .command('host')
    .summary('tell what this machine offers to Python jobs: MPI, compilers, launchers, modules, GPUs')
    .description(
      'Tells what a machine offers to Python jobs: this one, or the one that a recording is of. Nothing is started but \
programs that tell of themselves; no job is made. Login nodes often differ from the nodes of jobs: the collector looks \
there, once for each partition, and its files are merged:\n\n' +
        "  sbatch -p gpu --wrap 'python3 pharos-collect.pyz host -o gpu.pharos'\n" +
        '  pharos site merge login.pharos gpu.pharos -o site.json',
    )
    .usage('[options] [FILE]')
    .argument('[file]', 'a recording of the collector\u2019s host');
  const options = [
    new Option('-o, --out <file>', 'also keep what was noted here: login.pharos'),
    new Option('--seconds <n>', 'ask for at most so many seconds; 60 if absent'),
    new Option('--all', 'all rows of all tables'),
    new Option('--json', 'as JSON'),
  ];
  for (const option of options) command.addOption(option);
  return command.action((file: string | undefined, chosen: HostOptions) =>
    settle(
      context,
      import('../work.ts').then(({ showHost }) => showHost(file, chosen, context)),
    ),
  );
};
