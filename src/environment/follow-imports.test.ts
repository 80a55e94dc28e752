import { describe, expect, test } from 'vitest';
import type { ImportEvent } from '#schema';
import { linked } from '../../test/recordings/draft-linker.ts';
import { followImports } from './index.ts';

const SITE = '/e/lib/python3.12/site-packages';
const CORE = `${SITE}/tide/_core.abi3.so`;
const MOON = `${SITE}/tide.libs/libmoon.so.2`;

const OBJECTS = {
  [CORE]: { needed: ['libmoon.so.2'], rpath: '$ORIGIN/../tide.libs' },
  [MOON]: { soname: 'libmoon.so.2', needed: ['libz.so.1'] },
  [`${SITE}/wind/_core.abi3.so`]: { needed: ['libmoon.so.2'] },
  [`${SITE}/lost/_core.abi3.so`]: { needed: ['libgone.so'] },
  '/lib/libz.so.1': { soname: 'libz.so.1' },
  '/lib/libmoon.so.2': { soname: 'libmoon.so.2', needed: ['libz.so.1'] },
  '/opt/plugin.so': { soname: 'plugin.so', needed: ['libhelp.so.1'] },
  '/opt/libhelp.so.1': { soname: 'libhelp.so.1' },
};

async function follow(names: readonly string[], ...events: ImportEvent[]) {
  const { linker } = await linked(OBJECTS);
  return followImports(names, [{ files: ['/usr/bin/python'] }, ...events], linker);
}

const tide: ImportEvent[] = [
  { import: 'tide' },
  { load: CORE },
  { files: ['/lib/libz.so.1', MOON, CORE] },
  { done: 0.25 },
];

describe('what imports load', () => {
  test('as the rules say', async () => {
    expect(await follow(['tide'], ...tide)).toEqual({
      modules: [{ name: 'tide', seconds: 0.25 }],
      agreed: 3,
      differing: [],
      opened: [],
    });
  });

  test('another copy than predicted', async () => {
    const files = { files: ['/lib/libz.so.1', '/lib/libmoon.so.2', CORE] };
    const { agreed, differing, opened } = await follow(['tide'], { import: 'tide' }, { load: CORE }, files);
    expect({ agreed, opened }).toEqual({ agreed: 2, opened: [] });
    expect(differing).toEqual([
      {
        ...{ name: 'libmoon.so.2', wantedBy: CORE },
        ...{ predicted: `${SITE}/tide/../tide.libs/libmoon.so.2`, real: '/lib/libmoon.so.2' },
      },
    ]);
  });

  test('the copy that is there already', async () => {
    const wind = `${SITE}/wind/_core.abi3.so`;
    const found = await follow(['tide', 'wind'], ...tide, { import: 'wind' }, { load: wind }, { files: [wind] });
    expect(found).toMatchObject({ agreed: 4, differing: [], opened: [] });
  });

  test('libraries that code opens, told by who was opened; what it opened is there for those after it', async () => {
    const files = ['/lib/libz.so.1', MOON, CORE, '/opt/libhelp.so.1', '/opt/plugin.so'];
    const found = await follow(['tide'], { import: 'tide' }, { load: CORE }, { files });
    expect(found).toMatchObject({ agreed: 3, differing: [] });
    // Nobody knows by which path plugin.so found its help: both were opened, as far as rules go.
    expect(found.opened.map(({ path }) => path)).toEqual(['/opt/plugin.so', '/opt/libhelp.so.1']);
  });

  test('a library that is missing, as predicted', async () => {
    const lost: ImportEvent[] = [{ load: `${SITE}/lost/_core.abi3.so` }, { failed: 'ImportError', text: 'libgone.so' }];
    const found = await follow(['lost', 'tide'], { import: 'lost' }, ...lost, ...tide);
    expect(found).toMatchObject({ agreed: 3, differing: [] });
    expect(found.modules[0]).toEqual({ name: 'lost', failed: { type: 'ImportError', text: 'libgone.so' } });
  });

  test('a library that cannot be opened for another reason does not stand for who comes after it', async () => {
    const wind = `${SITE}/wind/_core.abi3.so`;
    const bad: ImportEvent[] = [
      { import: 'tide' },
      { load: CORE },
      { failed: 'ImportError', text: 'undefined symbol' },
    ];
    const files = { files: ['/lib/libz.so.1', '/lib/libmoon.so.2', wind] };
    const found = await follow(['tide', 'wind'], ...bad, { import: 'wind' }, { load: wind }, files, { done: 1 });
    expect(found).toMatchObject({ agreed: 3, differing: [], opened: [] });
  });

  test('modules after the death of the process were not reached', async () => {
    const { modules } = await follow(['a', 'b', 'c'], { import: 'a' }, { done: 0.5 }, { import: 'b' });
    expect(modules).toEqual([{ name: 'a', seconds: 0.5 }, { name: 'b' }, { name: 'c' }]);
  });

  test('files that are gone are left out', async () => {
    const gone = { files: ['/tmp/made (deleted)', '/lib/libz.so.1'] };
    expect(await follow(['a'], { import: 'a' }, gone, { done: 1 })).toMatchObject({
      opened: [{ path: '/lib/libz.so.1', during: 'a' }],
    });
  });
});
