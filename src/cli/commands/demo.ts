import type { Result } from '#base';
import { type AddCommand, type Context, settle } from '../command.ts';

async function demo(context: Context): Promise<Result<number>> {
  const { runDemo } = await import('../work.ts');
  return runDemo(context);
}

export const addDemoCommand: AddCommand = (program, context) =>
  program
    .command('demo')
    .summary('set up the examples and audit the start of one of them')
    .action(() => settle(context, demo(context)));
