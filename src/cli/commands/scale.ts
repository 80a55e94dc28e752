import { Option } from 'commander';
import { failure, type Result } from '#base';
import { type AddCommand, type Context, settle } from '../command.ts';
import { SCALE_FACES } from '../face-names.ts';
import { jobScaleOptions, outOption } from '../options.ts';
import type { ScaleOptions } from '../work.ts';

async function scale(files: readonly string[], options: ScaleOptions, context: Context): Promise<Result<number>> {
  if (files.length === 0 || context.command.length > 0) {
    return failure({
      code: 'cli/usage',
      message: files.length === 0 ? 'there is no recording' : 'pharos scale takes recordings, no command',
      hint: 'Record the job first: pharos audit -- python3 app.py; then: pharos scale app.pharos.',
    });
  }
  const { scaleRecordings } = await import('../work.ts');
  return scaleRecordings(files, options, context);
}

export const addScaleCommand: AddCommand = (program, context) => {
  const command = program
    .command('scale')
    .summary('tell what the recorded start would take on more and more nodes')
    .description(
      'Tells what the recorded start would take on each number of nodes, with its interval: as it is, cured and staged; \
what limits it, and from which size each cure pays. Modelled: docs/concepts/scale.md says how.',
    )
    .usage('[options] FILE…')
    .argument('[files...]', 'recordings of one job (*.pharos), one for each observed rank');
  const as = new Option('--as <face>', 'how to write it').choices(Object.keys(SCALE_FACES));
  for (const option of [...jobScaleOptions(), as, outOption()]) command.addOption(option);
  return command.action((files: string[], chosen: ScaleOptions) => settle(context, scale(files, chosen, context)));
};
