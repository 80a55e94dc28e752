import { expect, test } from 'vitest';
import { stepPathText } from './step-path-text.ts';

test('one removed path has the same text in the recordings of two nodes', () => {
  const [one, other] = ['3f2a.csv', '99b1.csv'].map((name) =>
    stepPathText(
      [
        { parent: 0, name: '' },
        { parent: 0, name: 'opt' },
        { parent: 1, name, removed: true },
      ],
      2,
    ),
  );
  expect(one).toBe('/opt/<data.csv>');
  expect(other).toBe(one);
});
