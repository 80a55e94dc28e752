import { expect, test } from 'vitest';
import { printable } from './printable.ts';

test('plain text of any language stays', () => {
  expect(printable('no such file: /päth/数\nnext')).toBe('no such file: /päth/数\nnext');
});

test('what moves the cursor, reverses the line or is no character is shown as its code', () => {
  expect(printable('a\x1b[2Jb\u202ec\udc80\r')).toBe('a\\u{1b}[2Jb\\u{202e}c\\u{dc80}\\u{d}');
});
