import { Option } from 'commander';
import type { Result } from '#base';
import { SCRIPT_KINDS } from '#job-script';
import { type AddCommand, type Context, settle } from '../command.ts';
import { scriptOptions } from '../options.ts';
import type { LaunchOptions } from '../work.ts';

async function launch(
  image: string,
  script: string | undefined,
  options: LaunchOptions,
  context: Context,
): Promise<Result<number>> {
  const { writeLaunch } = await import('../work.ts');
  return writeLaunch(image, script, options, context);
}

export const addLaunchCommand: AddCommand = (program, context) => {
  const command = program
    .command('launch')
    .summary('show the edit of a job script that starts from an image, or write one')
    .description(
      'Shows how a job script starts its Python from an image: as a diff, for patch. The script itself is never changed. \
Without a script, writes a new one for the command of the image, or for the one after --.',
    )
    .usage('[options] IMAGE SCRIPT  |  [options] --for KIND IMAGE [-- COMMAND…]')
    .argument('<image>', 'folder that pharos pack wrote')
    .argument('[script]', 'job script of sh or bash');
  const options = [
    new Option('--out <file>', 'write the edited or new script to this file, which must not be there yet'),
    new Option('--for <kind>', 'scheduler and launcher of a new script').choices(SCRIPT_KINDS),
    new Option('--launcher <name>', "whose mpiexec or mpirun the script's is, where it does not tell").choices([
      'openmpi',
      'mpich',
      'intel',
      'pals',
    ]),
    ...scriptOptions(),
  ];
  for (const option of options) command.addOption(option);
  return command.action((image: string, script: string | undefined, chosen: LaunchOptions) =>
    settle(context, launch(image, script, chosen, context)),
  );
};
