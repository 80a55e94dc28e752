import { readdirSync, readFileSync } from 'node:fs';
import { describe, type ExpectStatic, test } from 'vitest';
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
  for (const name of ['hostile', 'step-hostile']) {
    const html = renderHtml(swell(reportOf(name)) as Report);
    expect(Buffer.byteLength(html)).toBeLessThan(5_000_000);
    expect(strayMarkup(html)).toEqual([]);
    if (name === 'hostile') expect(html).toContain('This page was shortened');
  }
});

test('the picture of a step has its title and its description, and no core is told by colour alone', ({ expect }) => {
  const html = renderHtml(reportOf('step-crowded'));
  const figures = html.match(/<figure>.*?<\/figure>/gs) ?? [];
  expect(figures.length).toBe(reportOf('step-crowded').step?.pictures.length);
  for (const figure of figures) {
    expect(figure).toMatch(/<svg[^>]*role="img"[^>]*aria-labelledby=.*<title.*<desc/s);
    const owned = figure.match(/<rect[^>]*class="p\d"[^>]*><title>[^<]*<\/title><\/rect><text[^>]*>\d+<\/text>/g) ?? [];
    expect(owned.length).toBe(figure.match(/<rect[^>]*class="p\d"/g)?.length);
  }
});

test('a healthy step is told in five lines', ({ expect }) => {
  expect(renderText(reportOf('step-healthy')).trimEnd().split('\n').length).toBeLessThanOrEqual(5);
});

test('the page of a step is as long for 43,008 ranks as for 16', ({ expect }) => {
  const report = reportOf('step-singletons');
  const [picture] = report.step?.pictures ?? [];
  const [rank] = picture?.ranks ?? [];
  if (!report.step || !picture || !rank) throw new Error('the case has no picture');
  const ranks = Array.from({ length: 4096 }, (_, localRank) => ({ ...rank, localRank, cpus: String(localRank) }));
  const cores = Array.from({ length: 4096 }, (_, core) => ({
    package: core >> 9,
    cpus: [{ cpu: core, localRanks: [core] }],
  }));
  const large = { ...report, step: { ...report.step, pictures: Array(40).fill({ ...picture, ranks, cores }) } };
  expect(renderText(large).split('\n').length).toBeLessThan(400);
  expect(renderMarkdown(large).split('\n').length).toBeLessThan(500);
});

test('colour paints the same words', ({ expect }) => {
  for (const name of ['storm', 'step-crowded']) expectSameWords(reportOf(name), expect);
});

function expectSameWords(report: Report, expect: ExpectStatic): void {
  const coloured = renderText(report, { colour: true });
  expect(coloured).toContain('\x1b[');
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escapes are what is looked for
  expect(coloured.replace(/\x1b\[\d+m/g, '')).toBe(renderText(report));
}
