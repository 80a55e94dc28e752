import { Option } from 'commander';
import type { Result } from '#base';
import { type AddCommand, type Context, settle } from '../command.ts';
import { DIFF_FACES, type DiffFace } from '../face-names.ts';

async function diff(before: string, after: string, face: DiffFace, context: Context): Promise<Result<number>> {
  const { showDiff } = await import('../work.ts');
  return showDiff(before, after, face, context);
}

export const addDiffCommand: AddCommand = (program, context) =>
  program
    .command('diff')
    .summary('tell what changed from one report or recording to another')
    .argument('<before>', 'a report (*.report.json) or a recording (*.pharos)')
    .argument('<after>', 'the other one')
    .addOption(new Option('--as <face>', 'how to write it').choices(DIFF_FACES).default('text'))
    .action((before: string, after: string, { as }: { as: DiffFace }) =>
      settle(context, diff(before, after, as, context)),
    );
