import { expect, test } from 'vitest';
import type { Check, Verification } from '#schema';
import { widthOf } from '../columns.ts';
import { renderVerificationText } from '../text.ts';

const check: Check = { id: 'modules', outcome: 'same', says: '142 modules', details: [], more: 0 };

const verification: Verification = {
  kind: 'pharos-verification',
  version: 1,
  made: { pharos: '0.1.0' },
  image: { path: 'env.image', digest: 'a'.repeat(64) },
  command: ['python', 'app.py'],
  green: false,
  checks: [
    check,
    { ...check, id: 'libraries', outcome: 'differs', details: ['libx.so is /b from the image, else /a'] },
  ],
  processes: [
    { rank: 0, pythons: 2, staged: 3, left: 0, other: 1 },
    { rank: 1, pythons: 1, staged: 0, left: 0, other: 1 },
  ],
  before: { staged: 3294, other: 40 },
  calls: [
    { path: '/lustre/u/env/lib/rare.py', where: 'staged', operations: { stat: 2, open: 1 }, processes: 1 },
    { path: `/lustre/${'deep/'.repeat(30)}x`, where: 'other', operations: { stat: 1 }, processes: 2 },
  ],
  moreCalls: 4,
};

test('says check by check what differs, and each call that is left', () => {
  const text = renderVerificationText(verification);
  expect(text).toMatchInlineSnapshot(`
    "Verified env.image (aaaaaaaaaaaaaaaa) with python app.py

      Modules        ok        142 modules
      Libraries      DIFFERS   142 modules
          libx.so is /b from the image, else /a

    CALLS ON SHARED STORAGE FROM THE IMAGE
    --------------------------------------------------------------------------------
      Who            Pythons  Staged calls  Other calls
      rank 0               2             3            1
      rank 1               1             0            1
      all, as it is                  3,294           40

      staged  2 stat, 1 open  /lustre/u/env/lib/rare.py
      other   1 stat by 2
              /lustre/deep/deep/deep/deep/deep/deep/deep/deep/deep/deep/deep/deep/
              deep/deep/deep/deep/deep/deep/deep/deep/deep/deep/deep/deep/deep/deep/
              deep/deep/deep/deep/x
      and 4 paths more

    Measured: both runs were traced. Staged calls name a path in a folder that the
    image stands for, at any time; other calls one elsewhere on shared storage,
    while a Python started.

    RED: libraries.
    "
  `);
});

test('no line is wider than the page', () => {
  const lines = renderVerificationText({ ...verification, command: ['python', 'x'.repeat(300)] }).split('\n');
  expect(Math.max(...lines.map(widthOf))).toBeLessThanOrEqual(80);
});

test('names that move a cursor are shown as escapes', () => {
  const hostile = renderVerificationText({
    ...verification,
    checks: [{ ...check, outcome: 'differs', details: ['\x1b[2J'] }],
    calls: [{ path: '/a\x1b[31m', where: 'other', operations: { '\x1b': 1 }, processes: 1 }],
  });
  expect(hostile).not.toContain('\x1b');
});

test('a job that is the same says so', () => {
  expect(renderVerificationText({ ...verification, green: true, checks: [check] })).toMatch(/\nGREEN: .*\n$/);
});
