import { expect, test } from 'vitest';
import { commandWrappers, jobLaunchers } from './job-launchers.ts';

test.for(
  [...jobLaunchers, ...commandWrappers].map((entry) =>
    'id' in entry
      ? { name: entry.id, ...entry }
      : { name: entry.command, two: undefined, instead: undefined, ...entry },
  ),
)(
  'each option of $name takes one number of values, and has a source',
  ({ value, flag, two = [], instead = {}, source }) => {
    const all = [...value, ...flag, ...two, ...Object.keys(instead)];
    expect([...new Set(all)]).toEqual(all);
    expect(all.filter((name) => !/^[A-Za-z][\w-]*$/.test(name))).toEqual([]);
    expect(source).toMatch(/https:\/\//);
  },
);
