import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Ids are kebab-case; anything else is no page, and no way out of the folder. */
const ID = /^[a-z0-9]+(-[a-z0-9]+)*$/;

const pagesOf = (folder: string) => join(folder, 'dist', 'pages');

/** Ids of the audits and remedies that have a page, in order. */
export function listPages(folder: string): string[] {
  try {
    const names = readdirSync(pagesOf(folder)).filter((name) => name.endsWith('.md'));
    return names.map((name) => name.slice(0, -'.md'.length)).sort();
  } catch {
    return [];
  }
}

/** The page of an audit or a remedy, as Markdown. */
export function readPage(folder: string, id: string): string | undefined {
  if (!ID.test(id)) return undefined;
  try {
    return readFileSync(join(pagesOf(folder), `${id}.md`), 'utf8');
  } catch {
    return undefined;
  }
}
