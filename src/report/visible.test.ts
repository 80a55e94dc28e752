import { test } from 'vitest';
import { isVisible, visible } from './visible.ts';

test('controls, bidi overrides and zero widths show as escapes', ({ expect }) => {
  expect(visible('a\x1b[2Jb\r\n\tc')).toBe('a\\x1b[2Jb\\r\\n\\tc');
  expect(visible('\u009b31m')).toBe('\\x9b31m');
  expect(visible('\u202egnp.exe')).toBe('\\u{202e}gnp.exe');
  expect(visible('zero\u200bwidth\ufeff')).toBe('zero\\u{200b}width\\u{feff}');
  expect(visible('no\u00a0break \u3164filler')).toBe('no\\xa0break \\u{3164}filler');
});

test('a byte that is not UTF-8 shows as that byte', ({ expect }) => {
  expect(visible('caf\udce9')).toBe('caf\\xe9');
  expect(visible('\ud800')).toBe('\\u{d800}');
});

test('writing of any language stays as it is', ({ expect }) => {
  for (const text of ['日本語/模块', 'naïve', 'ภาษาไทย', 'עברית', '👩 emoji']) expect(visible(text)).toBe(text);
});

test('marks piled on a letter are spread out', ({ expect }) => {
  expect(visible(`z${'\u0301'.repeat(6)}`)).toBe(`z${'\u0301'.repeat(3)}${'\\u{301}'.repeat(3)}`);
});

test('long text gives up its middle', ({ expect }) => {
  const shown = visible(`/first/${'x'.repeat(10_000)}/last.py`, 60);
  expect(shown).toHaveLength(60);
  expect(shown).toMatch(/^\/first\/x+\.\.\.x+\/last\.py$/);
});

test('a joiner is not visible, a letter is', ({ expect }) => {
  expect([isVisible('a\u200db'), isVisible('ab')]).toEqual([false, true]);
});
