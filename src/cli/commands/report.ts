import type { Result } from '#base';
import { type AddCommand, type Context, settle } from '../command.ts';
import type { Face } from '../face-names.ts';
import { faceOption } from '../options.ts';

async function report(file: string, face: Face, context: Context): Promise<Result<number>> {
  const { showReport } = await import('../work.ts');
  return showReport(file, face, context);
}

export const addReportCommand: AddCommand = (program, context) =>
  program
    .command('report')
    .summary('write a report as text, Markdown, JSON, HTML or SARIF')
    .argument('<file>', 'a report (*.report.json) or a recording (*.pharos)')
    .addOption(faceOption().default('text'))
    .action((file: string, { as }: { as: Face }) => settle(context, report(file, as, context)));
