import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'vitest';
import { type Report, readReport } from '#schema';
import { renderText } from './text.ts';

const folder = `${import.meta.dirname}/cases`;
const cases = readdirSync(folder)
  .filter((file) => file.endsWith('.report.json'))
  .map((file) => file.replace('.report.json', ''));

function reportOf(name: string): Report {
  const read = readReport(JSON.parse(readFileSync(`${folder}/${name}.report.json`, 'utf8')));
  if (!read.ok) throw new Error(`${name}: ${read.failure.message}`);
  return read.value;
}

describe.for(cases)('%s', (name) => {
  test('as text', async ({ expect }) => {
    await expect(renderText(reportOf(name))).toMatchFileSnapshot(`${folder}/${name}.txt`);
  });
});
