import { expect, test } from 'vitest';
import { compareOutputs } from './compare-outputs.ts';

const said = (out: string, error = '') => ({ out, error });
const compare = (plain: string, staged: string, processes = 1) =>
  compareOutputs({ plain: said(plain), staged: said(staged) }, ['/tmp/pharos-0/ab'], processes);

test('the same bytes are the same, with the stage in place of the original', () => {
  expect(compare('loaded /env/a.py\n', 'loaded /tmp/pharos-0/ab/env/a.py\n')).toMatchObject({ outcome: 'same' });
});

test('the first other line is shown', () => {
  const { outcome, details } = compare('a\nb\nc\n', 'a\nx\ny\n');
  expect([outcome, details]).toEqual(['differs', ['standard output, line 2: "x" from the image, else "b"']]);
});

test('what is missing at the end is shown', () => {
  expect(compare('a', 'a\nb').details).toEqual(['standard output, line 2: "b" from the image, else nothing']);
});

test('standard error counts', () => {
  const check = compareOutputs({ plain: said('', 'x\n'), staged: said('', 'y\n') }, [], 1);
  expect(check.details).toEqual(['standard error, line 1: "y" from the image, else "x"']);
});

test('lines of several processes come in any order, those of one do not', () => {
  expect(compare('0\n1\n', '1\n0\n', 2)).toMatchObject({ outcome: 'same', says: '2 lines, lines in another order' });
  expect(compare('0\n1\n', '1\n0\n', 1)).toMatchObject({ outcome: 'differs' });
});

test('processes that write into each other’s lines wrote the same bytes, or did not', () => {
  expect(compare('rank 0\nrank 1\n', 'rank rank 0\n1\n', 2)).toMatchObject({
    outcome: 'same',
    says: '2 lines, lines mixed',
  });
  expect(compare('rank 0\nrank 1\n', 'rank rank 0\n2\n', 2)).toMatchObject({ outcome: 'differs' });
});

test('bytes that are not UTF-8 are told apart and shown', () => {
  expect(compare('caf\xe9', 'caf\xc3\xa9').details).toEqual([
    'standard output, line 1: "café" from the image, else "caf\udce9"',
  ]);
});
