// For tests: what untrusted words may hold.
import fc from 'fast-check';

const PIECES = [
  'toString',
  '__proto__',
  '<script',
  '</style>',
  '"><a href=x>',
  '`',
  '``',
  '|',
  '\\',
  '\x1b[31m',
  '\u202e',
  '\ud800',
  '@all',
  ' ',
  '../',
  ']]>',
  '&',
  "'",
  'a b',
  '日本',
  '\u0301',
];

/** Text that tries to be something else than text. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.constantFrom(...PIECES),
      fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
      fc.string({ maxLength: 12 }),
    ),
    { maxLength: 12 },
  )
  .map((pieces) => pieces.join(''));
