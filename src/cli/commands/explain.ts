import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { failure, type Result, success } from '#base';
import { type AddCommand, type Context, settle } from '../command.ts';

/** Ids are kebab-case; anything else is no page, and no way out of the folder. */
const ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;

function listPages(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.md'))
      .map((name) => name.slice(0, -'.md'.length));
  } catch {
    return [];
  }
}

/** Shares most of its words with what was typed. */
function findNearest(id: string, ids: readonly string[]): string | undefined {
  const words = new Set(id.toLowerCase().split(/[^a-z0-9]+/));
  const score = (other: string) => other.split('-').filter((word) => words.has(word)).length;
  const [nearest] = ids.filter((other) => score(other) > 0).sort((a, b) => score(b) - score(a));
  return nearest;
}

function readPage(folder: string, id: string): Result<string> {
  if (ID.test(id)) {
    try {
      return success(readFileSync(join(folder, `${id}.md`), 'utf8'));
    } catch {}
  }
  const nearest = findNearest(id, listPages(folder));
  return failure({
    code: 'cli/no-page',
    message: `there is no page for ${id}`,
    hint: nearest ? `Try pharos explain ${nearest}.` : 'Run pharos explain to list all pages.',
  });
}

async function explain(id: string | undefined, { folder, terminal }: Context): Promise<Result<number>> {
  const pages = join(folder, 'dist', 'pages');
  if (id === undefined) {
    terminal.out.print(listPages(pages).sort().join('\n'));
    return success(0);
  }
  const page = readPage(pages, id);
  if (!page.ok) return page;
  terminal.out.print(page.value);
  return success(0);
}

export const addExplainCommand: AddCommand = (program, context) =>
  program
    .command('explain')
    .summary('print the page of an audit or a remedy')
    .argument('[id]', 'as reports name it; without one, all are listed')
    .action((id: string | undefined) => settle(context, explain(id, context)));
