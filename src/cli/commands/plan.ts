import { Option } from 'commander';
import { type AddCommand, settle } from '../command.ts';
import { textsOption } from '../options.ts';
import type { PlanOptions } from '../work.ts';

export const addPlanCommand: AddCommand = (program, context) => {
  const plan = program
    .command('plan')
    .summary('tell what should be: where each package comes from at a site')
    .description('Tells what should be, and writes the files that do it.')
    .helpCommand(false);
  const command = plan
    .command('packages')
    .summary('tell which packages come as wheels, which are built, and from where others come')
    .description(
      'Tells for each package whether its wheel works at a site, with which setting, or against which MPI and HDF5 it is \
built; and whether it comes from a module, Spack or conda. uv resolves, locks and builds. The cheapest way that works \
comes first. Nothing is installed.',
    )
    .argument('<requirements>', 'requirements.txt, pyproject.toml, pylock.toml or uv.lock')
    .addOption(new Option('--site <file>', 'facts of the site: site.json').makeOptionMandatory());
  const options = [
    new Option('--partition <name>', 'plan for this one; for all that jobs run in if absent'),
    new Option('--mpi <name>', 'the MPI to plan with: a family, a module, a prefix or a library'),
    textsOption('--parallel <name>', 'this package is to use MPI; may be repeated'),
    textsOption('--rebuild <name>', 'build this package here in any case; may be repeated'),
    new Option('--python <path>', "the environment's Python, for uv; what uv finds if absent"),
    new Option('--output <folder>', 'write the lock, settings, modules and a page that tells how to use them'),
    new Option('--build', 'build now what has to be built, and lock the wheels; needs --output'),
    new Option('--json', 'the plan as JSON'),
  ];
  for (const option of options) command.addOption(option);
  command.action((requirements: string, chosen: PlanOptions) =>
    settle(
      context,
      import('../work.ts').then(({ planPackagesCommand }) => planPackagesCommand(requirements, chosen, context)),
    ),
  );
};
