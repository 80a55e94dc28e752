import { Option } from 'commander';
import { type AddCommand, settle } from '../command.ts';
import type { SiteOptions } from '../work.ts';

export const addSiteCommand: AddCommand = (program, context) => {
  const site = program
    .command('site')
    .summary('make one file of what was noted of the machines of a site')
    .description('Makes one file of what was noted of the machines of a site.')
    .helpCommand(false);
  const command = site
    .command('merge')
    .summary('recordings of pharos host to one site.json, by partition')
    .description(
      'Makes one file of the facts of a site, by partition: what holds on all machines of it that were looked at. The \
partition is the one whose job made the recording; what was made outside of a job is of a login node. NAME=FILE names it \
otherwise. Where login and compute nodes differ in what matters, it says so.',
    )
    .argument('<files...>', 'login.pharos, gpu.pharos or gpu=FILE')
    .addOption(new Option('-o, --out <file>', 'where to write').default('site.json'));
  const options = [
    new Option('--name <name>', 'what the site is called; the name of its cluster in Slurm if absent'),
    new Option('--json', 'print the file as well'),
  ];
  for (const option of options) command.addOption(option);
  command.action((files: string[], chosen: SiteOptions) =>
    settle(
      context,
      import('../work.ts').then(({ mergeSite }) => mergeSite(files, chosen, context)),
    ),
  );
};
