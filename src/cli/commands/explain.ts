import { failure, type Result, success } from '#base';
import { type AddCommand, type Context, settle } from '../command.ts';
import { listPages, readPage } from '../pages.ts';

/** The id that shares most words with what was typed. */
function findNearest(id: string, ids: readonly string[]): string | undefined {
  const words = new Set(id.toLowerCase().split(/[^a-z0-9]+/));
  const score = (other: string) => other.split('-').filter((word) => words.has(word)).length;
  return ids.filter((other) => score(other) > 0).sort((a, b) => score(b) - score(a))[0];
}

/** One line a page: the id, and the page's first heading. */
function contents(folder: string): string {
  const ids = listPages(folder);
  const widest = ids.reduce((most, id) => Math.max(most, id.length), 0);
  const titleOf = (id: string) => readPage(folder, id)?.match(/^# (.+)$/m)?.[1] ?? '';
  return ids.map((id) => `${id.padEnd(widest)}  ${titleOf(id)}`.trimEnd()).join('\n');
}

async function explain(id: string | undefined, { folder, terminal }: Context): Promise<Result<number>> {
  const page = id === undefined ? contents(folder) : readPage(folder, id);
  if (page === undefined) {
    const nearest = findNearest(id ?? '', listPages(folder));
    return failure({
      code: 'cli/no-page',
      message: `there is no page for ${id}`,
      hint: nearest ? `Try pharos explain ${nearest}.` : 'Run pharos explain to list all pages.',
    });
  }
  terminal.out.print(page);
  return success(0);
}

export const addExplainCommand: AddCommand = (program, context) =>
  program
    .command('explain')
    .summary('print the page of an audit or a remedy')
    .argument('[id]', 'as reports name it; without one, all are listed')
    .action((id: string | undefined) => settle(context, explain(id, context)));
