import { failure, type Result } from '#base';
import { readSiteNeeds, type SiteNeeds } from '#schema';
import { readTextFile } from './read-text-file.ts';

/** What a site file says, as plans and audits need it. */
export function readSiteFile(path: string): Result<SiteNeeds> {
  const text = readTextFile(path);
  const site = text.ok ? readSiteNeeds(text.value) : text;
  return site.ok || !text.ok ? site : failure({ ...site.failure, message: `${path}: ${site.failure.message}` });
}
