import { readdirSync, readFileSync } from 'node:fs';
import { describe, test } from 'vitest';
import { type Report, readReport } from '#schema';
import { renderHtml } from './html.tsx';
import { renderJson } from './json.ts';
import { renderMarkdown } from './markdown.ts';
import { renderSarif } from './sarif.ts';
import { strayMarkup } from './stray-markup.ts';
import { renderText } from './text.ts';

// Every case in every face. The cases were composed by hand; the times of their imports were measured.
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
  const report = reportOf(name);

  test('as text', async ({ expect }) => {
    await expect(renderText(report)).toMatchFileSnapshot(`${folder}/${name}.txt`);
  });

  test('as Markdown', async ({ expect }) => {
    await expect(renderMarkdown(report)).toMatchFileSnapshot(`${folder}/${name}.md`);
  });

  test('as SARIF', async ({ expect }) => {
    await expect(renderSarif(report)).toMatchFileSnapshot(`${folder}/${name}.sarif`);
  });

  test('as JSON that reads back as the same report', ({ expect }) => {
    expect(readReport(JSON.parse(renderJson(report)))).toEqual({ ok: true, value: report });
  });

  test('as one HTML file that runs and loads nothing', ({ expect }) => {
    const html = renderHtml(report);
    expect(html.length).toBeLessThan(250_000);
    expect(strayMarkup(html)).toEqual([]);
  });
});

test('every chart has its title, its description and its numbers as a table', ({ expect }) => {
  const html = renderHtml(reportOf('storm'));
  const figures = html.match(/<figure>.*?<\/figure>/gs) ?? [];
  expect(figures.length).toBe(3);
  for (const figure of figures) expect(figure).toMatch(/<svg[^>]*role="img"[^>]*aria-labelledby=.*<title.*<desc/s);
  for (const id of ['curve', 'imports'])
    expect(html).toMatch(
      new RegExp(`<h2 id="${id}">.*?<details><summary>The same as a table</summary>.*?<table>`, 's'),
    );
});

/** Every list thirty times its first entry, every word three thousand quotation marks. */
function swell(value: unknown): unknown {
  if (typeof value === 'string') return '"'.repeat(3000);
  if (Array.isArray(value)) return Array(value.length === 0 ? 0 : 30).fill(swell(value[0]));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, isWord(key) ? each : swell(each)]));
}

const isWord = (key: string) => /^(?:kind|basis|unit|per|severity|confidence|harm|fixer|cause|profile)$/.test(key);

test('a page of any report stays under five megabytes and says what it cut', { timeout: 60_000 }, ({ expect }) => {
  const html = renderHtml(swell(reportOf('hostile')) as Report);
  expect(Buffer.byteLength(html)).toBeLessThan(5_000_000);
  expect(html).toContain('This page was shortened');
  expect(strayMarkup(html)).toEqual([]);
});

test('colour paints the same words', ({ expect }) => {
  const report = reportOf('storm');
  const coloured = renderText(report, { colour: true });
  expect(coloured).toContain('\x1b[');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes are what is looked for
  expect(coloured.replace(/\x1b\[\d+m/g, '')).toBe(renderText(report));
});
