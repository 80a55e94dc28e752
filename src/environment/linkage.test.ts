import { describe, expect, test } from 'vitest';
import { linked } from '../../test/recordings/draft-linker.ts';
import { explainLibrary, readLinkage } from './index.ts';

const SITE = '/e/lib/python3.12/site-packages';

const OBJECTS = {
  [`${SITE}/tide/_core.abi3.so`]: { needed: ['libmoon.so.2', 'libz.so.1'], rpath: '$ORIGIN/../tide.libs' },
  [`${SITE}/tide.libs/libmoon.so.2`]: { soname: 'libmoon.so.2', needed: ['libz.so.1', 'libgone.so'] },
  [`${SITE}/wind/_core.abi3.so`]: { needed: ['libmoon.so.2'] },
  '/lib/libz.so.1': { soname: 'libz.so.1' },
  '/lib/libmoon.so.2': { soname: 'libmoon.so.2' },
};

test('each object of the environment with the copies it gets', async () => {
  const { environment, linker } = await linked(OBJECTS);
  const { objects, outside } = await readLinkage(environment, linker);
  expect(objects).toEqual([
    {
      path: `${SITE}/tide/_core.abi3.so`,
      links: [
        { name: 'libmoon.so.2', rule: 'rpath', path: `${SITE}/tide/../tide.libs/libmoon.so.2` },
        { name: 'libz.so.1', rule: 'default', path: '/lib/libz.so.1' },
      ],
    },
    {
      path: `${SITE}/tide.libs/libmoon.so.2`,
      links: [
        { name: 'libz.so.1', rule: 'loaded', path: '/lib/libz.so.1' },
        { name: 'libgone.so', rule: 'none' },
      ],
    },
    {
      path: `${SITE}/wind/_core.abi3.so`,
      links: [{ name: 'libmoon.so.2', rule: 'default', path: '/lib/libmoon.so.2' }],
    },
  ]);
  // What dlopen had loaded before it failed is taken away again.
  expect(outside.map(({ path }) => path)).toEqual(['/usr/bin/python', '/lib/libmoon.so.2']);
});

describe('why', () => {
  test('who gets which copy, and which nobody gets', async () => {
    const { environment, linker } = await linked({
      ...OBJECTS,
      [`${SITE}/old/libmoon.so.2`]: { soname: 'libmoon.so.2' },
    });
    const why = await explainLibrary(environment, linker, 'libmoon');
    expect(why).toMatchObject({
      value: {
        answers: [
          {
            name: 'libmoon.so.2',
            path: `${SITE}/tide/../tide.libs/libmoon.so.2`,
            wantedBy: [`${SITE}/tide/_core.abi3.so`],
          },
          { name: 'libmoon.so.2', path: '/lib/libmoon.so.2', wantedBy: [`${SITE}/wind/_core.abi3.so`] },
        ],
        losers: [`${SITE}/old/libmoon.so.2`],
      },
    });
  });

  test('all that one object needs, when it is named', async () => {
    const { environment, linker } = await linked(OBJECTS);
    const why = await explainLibrary(environment, linker, 'tide/_core.abi3.so');
    expect(why).toMatchObject({ value: { answers: [{ name: 'libmoon.so.2' }, { name: 'libz.so.1' }], losers: [] } });
  });

  test('a name that nothing needs is told, with one that is near', async () => {
    const { environment, linker } = await linked(OBJECTS);
    expect(await explainLibrary(environment, linker, 'libmoon.so.7')).toMatchObject({
      failure: { code: 'environment/not-needed', hint: 'Ask for one of libmoon.so.2.' },
    });
  });
});

test('a name that a file of the environment has too is asked for as a name; with a folder it is that file', async () => {
  const { environment, linker } = await linked(OBJECTS);
  const byName = await explainLibrary(environment, linker, 'libmoon.so.2');
  expect(byName.ok && byName.value.answers.map(({ name, path }) => [name, path])).toEqual([
    ['libmoon.so.2', `${SITE}/tide/../tide.libs/libmoon.so.2`],
    ['libmoon.so.2', '/lib/libmoon.so.2'],
  ]);
  const byPath = await explainLibrary(environment, linker, 'tide.libs/libmoon.so.2');
  expect(byPath.ok && byPath.value.answers.map(({ name }) => name)).toEqual(['libgone.so', 'libz.so.1']);
});
