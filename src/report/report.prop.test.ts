import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { test } from 'vitest';
import { type Report, readReport } from '#schema';
import { widthOf } from './columns.ts';
import { diffReports } from './diff.ts';
import { hostileText } from './hostile-text.ts';
import { renderHtml } from './html.tsx';
import { renderJson } from './json.ts';
import { renderDiffMarkdown, renderMarkdown } from './markdown.ts';
import { renderSarif } from './sarif.ts';
import { strayMarkup } from './stray-markup.ts';
import { renderDiffText, renderText } from './text.ts';
import { isVisible } from './visible.ts';

const seeds = ['storm', 'hostile', 'step-crowded', 'step-hostile'].map((name): unknown =>
  JSON.parse(readFileSync(`${import.meta.dirname}/cases/${name}.report.json`, 'utf8')),
);

/** Fields whose words are closed lists; everything else may hold anything. */
const CLOSED = new Set(
  `kind version basis unit per severity confidence harm fixer cause calibrated applies coverage source of cpus afterImports`.split(
    ' ',
  ),
);

const anyNumber = fc.oneof(
  fc.integer({ min: -5, max: 1e9 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0, -1, 1e308, 5e-324),
);

interface Source {
  text(): string;
  number(whole: boolean): number;
}

/** Numbers of things that a step has: none is less than nothing. */
const COUNTED = new Set(
  'expected seen count cpu localRanks package numa localRank threads longestRank morePictures'.split(' '),
);

/** `cpus` is a list in the kernel's words, or the hardware threads of a core. */
const isCores = (value: unknown) => Array.isArray(value);

/** The same shape with other words and numbers. */
function scramble(value: unknown, source: Source, key = ''): unknown {
  if (CLOSED.has(key) && !isCores(value)) return value;
  if (key === 'name' && value === 'pharos') return value;
  if (typeof value === 'string') return source.text();
  if (typeof value === 'number')
    return COUNTED.has(key) ? Math.abs(source.number(true)) : source.number(Number.isInteger(value));
  if (Array.isArray(value))
    return value.slice(0, 12).map((each) => scramble(each, source, typeof each === 'object' ? '' : key));
  if (value === null || typeof value !== 'object') return value;
  const isTarget = 'ranksPerNode' in value && 'profile' in value;
  if (isTarget) return { ...value, profile: source.text() };
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, scramble(each, source, name)]));
}

function sourceOf(texts: readonly string[], numbers: readonly number[]): Source {
  let turn = 0;
  return {
    text: () => texts[turn++ % texts.length] ?? '',
    number: (whole) => {
      // JSON has no negative zero.
      const value = (numbers[turn++ % numbers.length] ?? 0) + 0;
      return whole ? Math.max(-1e9, Math.min(1e12, Math.round(value))) + 0 : value;
    },
  };
}

const anyReport = fc
  .record({
    seed: fc.constantFrom(...seeds),
    texts: fc.array(hostileText, { minLength: 1, maxLength: 7 }),
    numbers: fc.array(anyNumber, { minLength: 1, maxLength: 5 }),
  })
  .map(({ seed, texts, numbers }): Report => {
    const read = readReport(scramble(seed, sourceOf(texts, numbers)));
    if (!read.ok) throw new Error(read.failure.message);
    return read.value;
  });

const RUNS = { numRuns: 40 };
const PATIENT = { timeout: 60_000 };

const tooWide = (text: string, width: number) => text.split('\n').filter((line) => widthOf(line) > width);
const unseen = (text: string) => text.split('\n').filter((line) => !isVisible(line));

test('text stays in its columns and shows every control character', PATIENT, ({ expect }) => {
  fc.assert(
    fc.property(anyReport, fc.constantFrom(80, 40, 132), (report, width) => {
      const text = renderText(report, { width });
      expect(tooWide(text, width)).toEqual([]);
      expect(unseen(text)).toEqual([]);
    }),
    RUNS,
  );
});

test('HTML holds no markup but our own', PATIENT, ({ expect }) => {
  fc.assert(
    fc.property(anyReport, (report) => {
      const html = renderHtml(report);
      expect(strayMarkup(html)).toEqual([]);
      expect(unseen(html)).toEqual([]);
      expect(html).not.toContain('NaN');
    }),
    RUNS,
  );
});

/** What Markdown reads as text: without fenced blocks and code spans. */
const withoutCode = (markdown: string) =>
  markdown.replace(/^(`{3,})(?:sh|text)\n[\s\S]*?\n\1$/gm, '').replace(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, '');

test('Markdown keeps recorded marks in code', PATIENT, ({ expect }) => {
  fc.assert(
    fc.property(anyReport, (report) => {
      const markdown = renderMarkdown(report);
      expect(withoutCode(markdown).match(/[<>@`[\]\\!]/g) ?? []).toEqual([]);
      expect(unseen(markdown)).toEqual([]);
    }),
    RUNS,
  );
});

test('JSON and SARIF are plain to see, and JSON reads back', PATIENT, ({ expect }) => {
  fc.assert(
    fc.property(anyReport, (report) => {
      const json = renderJson(report);
      expect(readReport(JSON.parse(json))).toEqual({ ok: true, value: report });
      const sarif = renderSarif(report);
      expect(JSON.parse(sarif)).toMatchObject({ version: '2.1.0' });
      expect(
        [...unseen(json), ...unseen(sarif)]
          .map((line) => line.replace(/\p{Zs}|\u2800/gu, ' '))
          .filter((line) => !isVisible(line)),
      ).toEqual([]);
    }),
    RUNS,
  );
});

test('a report differs from itself in nothing, and any two can be told apart in text', PATIENT, ({ expect }) => {
  fc.assert(
    fc.property(anyReport, anyReport, (before, after) => {
      const none = diffReports(before, before);
      expect(none.findings.filter(({ change }) => change !== 'same')).toEqual([]);
      expect([none.incomparable, none.imports, none.environment, none.verdicts]).toEqual([[], [], [], []]);
      const diff = diffReports(before, after);
      const text = renderDiffText(diff);
      expect([...tooWide(text, 80), ...unseen(text), ...unseen(renderDiffMarkdown(diff))]).toEqual([]);
    }),
    RUNS,
  );
});
