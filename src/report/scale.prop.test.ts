import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ScaleTable } from '#schema';
import { anyArithmetic, anyScaleTable } from './any-scale-table.ts';
import { widthOf } from './columns.ts';
import { renderScaleHtml, renderScaleSvg } from './html.tsx';
import { printJson } from './json.ts';
import { renderScaleMarkdown } from './markdown.ts';
import { explainTable } from './scale-arithmetic.ts';
import { strayMarkup } from './stray-markup.ts';
import { renderScaleText } from './text.ts';
import { isVisible } from './visible.ts';

// Every face of any table: what was recorded stays text, and nothing leaves its columns.

const RUNS = { numRuns: 60 };
const PATIENT = { timeout: 60_000 };
const unseen = (text: string) => text.split('\n').filter((line) => !isVisible(line));

test('the tables are those of the contract', PATIENT, () => {
  fc.assert(
    fc.property(anyScaleTable, (table) => {
      expect(ScaleTable.safeParse(table).error).toBeUndefined();
      expect(JSON.parse(printJson(table))).toEqual(table);
    }),
    RUNS,
  );
});

test('text stays in its columns and shows every control character', PATIENT, () => {
  fc.assert(
    fc.property(anyScaleTable, fc.constantFrom(80, 60, 132), (table, width) => {
      const text = renderScaleText(table, { width });
      expect(text.split('\n').filter((line) => widthOf(line) > width)).toEqual([]);
      expect(unseen(text)).toEqual([]);
      expect(text).not.toContain('NaN');
    }),
    RUNS,
  );
});

test('page and drawing hold no markup but our own, and no number that is none', PATIENT, () => {
  fc.assert(
    fc.property(anyScaleTable, (table) => {
      const html = renderScaleHtml(table);
      const svg = renderScaleSvg(table);
      const drawing = svg.slice(svg.indexOf('<svg')).replace(' xmlns="http://www.w3.org/2000/svg"', '');
      for (const markup of [html, drawing]) {
        expect(strayMarkup(markup)).toEqual([]);
        expect(unseen(markup)).toEqual([]);
        expect(markup).not.toMatch(/NaN|[xyd12]="[^"]*(?:Infinity|undefined)/);
      }
    }),
    RUNS,
  );
});

const withoutCode = (markdown: string) =>
  markdown.replace(/^(`{3,})(?:sh|text)\n[\s\S]*?\n\1$/gm, '').replace(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, '');

test('Markdown keeps recorded marks in code', PATIENT, () => {
  fc.assert(
    fc.property(anyScaleTable, (table) => {
      const markdown = renderScaleMarkdown(table);
      expect(withoutCode(markdown).match(/[<>@`[\]\\!]/g) ?? []).toEqual([]);
      expect(unseen(markdown)).toEqual([]);
    }),
    RUNS,
  );
});

const NUMBER = String.raw`[\d,]+(?:\.\d+)?(?:e[+-]?\d+)?`;

/** `256 nodes x 0.5 s / 10 slots / 0.9 left by others` as a pocket calculator takes it: units go, microseconds and MB/s as they are. */
function calculate(sums: string): number {
  const terms = sums.split(' + ').map((term) => {
    const numbers = [...term.matchAll(new RegExp(`(^| x | / )(${NUMBER})( us)?`, 'g'))];
    return numbers.reduce((value, [, sign, digits = '', micro]) => {
      const number = Number(digits.replaceAll(',', '')) * (micro ? 1e-6 : 1);
      return sign === ' / ' ? value / number : value * number;
    }, 1);
  });
  return terms.reduce((all, term) => all + term, 0);
}

test('each product that is shown comes out as shown', PATIENT, () => {
  fc.assert(
    fc.property(anyScaleTable, anyArithmetic, (table, arithmetic) => {
      const lines = explainTable({ ...table, arithmetic });
      const sums = lines.flatMap((line) => {
        const [, left, right] = /^\d+\. [^:]+: (.*) = (\S+) s/.exec(line) ?? [];
        return left && right && left !== 'no request' ? [{ left, right: Number(right.replaceAll(',', '')) }] : [];
      });
      expect(sums.length).toBeGreaterThanOrEqual(5);
      for (const { left, right } of sums) {
        // One in the last digit: a calculator may round a half the other way.
        const shown = Number(calculate(left).toPrecision(4));
        expect(Math.abs(shown - right), `${left} = ${right}`).toBeLessThanOrEqual(1.01e-3 * Math.abs(right));
      }
    }),
    RUNS,
  );
});
