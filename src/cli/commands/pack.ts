import { Option } from 'commander';
import { failure, type Result } from '#base';
import { type AddCommand, type Context, checkOneInput, settle } from '../command.ts';
import { packOptions, scaleOptions } from '../options.ts';
import type { PackOptions } from '../work.ts';

const usage = (message: string, hint: string) => failure({ code: 'cli/usage', message, hint });

async function packFiles(files: readonly string[], options: PackOptions, context: Context): Promise<Result<number>> {
  const one = checkOneInput(files, context);
  if (!one.ok) return one;
  const hint = 'Write pharos pack JOB.pharos --to IMAGE, or pharos pack --to IMAGE -- COMMAND.';
  if (!options.to) return usage('where the image is to be is missing', hint);
  if (files.length === 0 && context.command.length === 0) return usage('there is no recording to pack', hint);
  const { pack } = await import('../work.ts');
  return pack(files, options, context);
}

export const addPackCommand: AddCommand = (program, context) => {
  const command = program
    .command('pack')
    .summary('pack what a job uses into one image, to start it from each node')
    .description(
      'Packs what the recorded job used of its environment into an image: a folder with one file that each node reads \
once. IMAGE/launch COMMAND then starts there. What is missing in it is taken from where it always was.',
    )
    .usage('[options] --to IMAGE FILE…  |  [options] --to IMAGE -- COMMAND…')
    .argument('[files...]', 'recordings of one job (*.pharos), of several ranks and phases');
  const to = new Option('--to <image>', 'folder of the image; one that is there is renewed');
  for (const option of [to, ...packOptions(), ...scaleOptions()]) command.addOption(option);
  return command.action((files: string[], chosen: PackOptions) => settle(context, packFiles(files, chosen, context)));
};
