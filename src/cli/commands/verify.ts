import { Option } from 'commander';
import { failure, type Result } from '#base';
import { type AddCommand, type Context, settle } from '../command.ts';
import type { VerifyOptions } from '../work.ts';

async function verifyImage(images: readonly string[], options: VerifyOptions, context: Context) {
  const [image] = images;
  if (image === undefined || images.length > 1 || context.command.length === 0) {
    const usage: Result<number> = failure({
      code: 'cli/usage',
      message: image === undefined ? 'there is no image' : 'verifying takes one image and a command',
      hint: 'Write pharos verify IMAGE -- COMMAND, as pharos verify env.image -- python app.py.',
    });
    return usage;
  }
  const { verify } = await import('../work.ts');
  return verify(image, options, context);
}

export const addVerifyCommand: AddCommand = (program, context) => {
  const command = program
    .command('verify')
    .summary('run a job as it is and from its image, and tell whether it is the same program')
    .description(
      'Runs the command twice under strace, as it is and as IMAGE/launch COMMAND, and compares modules, distributions, \
libraries, exit and output; counts the calls on shared storage that are left. Ends with 0 where all is the same, with 1 \
where it is not.',
    )
    .usage('[options] IMAGE -- COMMAND…')
    .argument('[image...]', 'folder that pharos pack wrote');
  const as = new Option('--as <face>', 'how to write it').choices(['text', 'json']);
  const ignore = new Option('--ignore-output', 'for a job that never writes the same twice: times, addresses');
  for (const option of [as, ignore]) command.addOption(option);
  return command.action((images: string[], chosen: VerifyOptions) =>
    settle(context, verifyImage(images, chosen, context)),
  );
};
