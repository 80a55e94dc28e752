import { failure, type Result } from '#base';
import { type AddCommand, type Context, checkOneInput, settle } from '../command.ts';
import { collectOptions, faceOption, judgeOptions, outOption, scaleOptions } from '../options.ts';
import type { CommandOptions } from '../work.ts';

async function audit(files: readonly string[], options: CommandOptions, context: Context): Promise<Result<number>> {
  const { command } = context;
  const one = checkOneInput(files, context);
  if (!one.ok) return one;
  if (files.length > 0) {
    const { auditRecordings } = await import('../work.ts');
    return auditRecordings(files, options, context);
  }
  if (command.length > 0 || options.kernel !== undefined) {
    const { auditCommand } = await import('../work.ts');
    return auditCommand(command, options, context);
  }
  return failure({
    code: 'cli/usage',
    message: 'there is nothing to audit',
    hint: 'Give a command after --, as in: pharos audit -- python3 app.py.',
  });
}

export const addAuditCommand: AddCommand = (program, context) => {
  const command = program
    .command('audit')
    .summary('run a command once and audit its start, or audit recordings')
    .usage('[options] -- COMMAND…  |  [options] FILE…')
    .argument('[files...]', 'recordings of one job (*.pharos), one for each observed rank');
  const options = [...scaleOptions(), ...judgeOptions(), faceOption(), outOption(), ...collectOptions()];
  for (const option of options) command.addOption(option);
  return command.action((files: string[], chosen: CommandOptions) => settle(context, audit(files, chosen, context)));
};
