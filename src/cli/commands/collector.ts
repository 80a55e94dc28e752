import type { Result } from '#base';
import { type AddCommand, type Context, settle } from '../command.ts';

async function collector(to: string, context: Context): Promise<Result<number>> {
  const { writeCollector } = await import('../work.ts');
  return writeCollector(to, context);
}

export const addCollectorCommand: AddCommand = (program, context) =>
  program
    .command('collector')
    .summary('write out the one-file collector, for nodes without Node.js')
    .description(
      `Writes out the one-file collector, for nodes without Node.js. It needs Python's standard library only.

  srun python3 pharos-collect.pyz -o app.pharos -- python app.py
      records how the job starts, for: pharos audit app.*.pharos
  srun python3 pharos-collect.pyz doctor -o step.pharos -- python -c 'import numpy'
      looks into the step, for: pharos doctor step.*.pharos`,
    )
    .requiredOption('--to <file>', 'where to, as in pharos-collect.pyz')
    .action(({ to }: { to: string }) => settle(context, collector(to, context)));
