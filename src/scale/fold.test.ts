import { describe, expect, test } from 'vitest';
import { findFilesystemProfile } from '#knowledge';
import type { Access, Accesses, CacheModel } from '#schema';
import { type Folded, fold } from './fold.ts';
import { bytesOf, readsOf } from './requests.ts';
import { observe, tallyOf } from './tally.ts';
import { walkOf } from './walk.ts';

type Node = Accesses['paths'][number];
/** An operation on a path: `open /s/a`, `stat /s/a ENOENT`, `read /s/a 5000`, `stat /s/a x3`. */
type Line = string;

/** A tree on the shared mount `/s`, with symbolic links, made of what the lines name. */
function tree(links: Readonly<Record<string, string>>) {
  const paths: Node[] = [{ parent: 0, name: '', mount: 0 }];
  const known = new Map([['', 0]]);
  const enter = (text: string): number => {
    const old = known.get(text);
    if (old !== undefined) return old;
    const cut = text.lastIndexOf('/');
    const parent = enter(text.slice(0, cut));
    const target = links[text];
    const link = target === undefined ? {} : { link: enter(target) };
    const index = paths.push({ parent, name: text.slice(cut + 1), mount: text.startsWith('/s') ? 1 : 0, ...link }) - 1;
    known.set(text, index);
    return index;
  };
  return { paths, enter };
}

function access(enter: (path: string) => number, line: Line): Access {
  const [operation = '', path = '', ...more] = line.split(' ');
  const error = more.find((word) => /^E/.test(word)) ?? '';
  const count = Number(more.find((word) => /^x\d/.test(word))?.slice(1) ?? 1);
  const bytes = Number(more.find((word) => /^\d/.test(word)) ?? 0);
  return { path: enter(path), import: 0, phase: 'start', cause: 'other', operation, error, count, bytes };
}

interface Question {
  readonly lines: readonly Line[];
  readonly links?: Readonly<Record<string, string>>;
  readonly profile?: string;
  readonly ranks?: number;
  readonly seconds?: number;
}

function folded({ lines, links = {}, profile = 'slowfs', ranks = 1, seconds = 1 }: Question): Folded {
  const { paths, enter } = tree(links);
  const accesses = lines.map((line) => access(enter, line));
  const observed = observe(paths, walkOf(paths, { sharedMounts: [1], sharedPrefixes: [] }), accesses);
  const cache = findFilesystemProfile(profile)?.cache as CacheModel;
  return fold(tallyOf(observed, accesses), observed, { cache, ranks, seconds });
}

describe('names', () => {
  test('each name in each directory is looked up once, the root of the mount never', () => {
    expect(folded({ lines: ['stat /s/a/b', 'stat /s/a/c', 'open /s/a/b', 'stat /s'] }).lookups).toBe(3);
  });

  test('nothing is asked for paths on other mounts', () => {
    expect(folded({ lines: ['open /usr/lib/x', 'read /usr/lib/x 9000', 'stat /usr/y ENOENT'] })).toMatchObject({
      ...{ lookups: 0, misses: 0, opens: 0, fetches: [] },
    });
  });

  test('a missing name costs nothing but itself, each time', () => {
    expect(folded({ lines: ['stat /s/a/b', 'stat /s/a/x ENOENT x3'] })).toMatchObject({ lookups: 2, misses: 3 });
  });

  test('where a directory is missing, the walk ends there', () => {
    const lines = ['stat /s/a', 'open /s/a/hwcaps/v3/lib.so ENOENT', 'stat /s/a/hwcaps/v3 ENOENT'];
    expect(folded({ lines })).toMatchObject({ lookups: 1, misses: 2 });
    expect(folded({ lines, profile: 'lustre' })).toMatchObject({ misses: 1 });
  });

  test('a file where a directory was expected is found, not missed', () => {
    expect(folded({ lines: ['open /s/zip', 'stat /s/zip/x ENOTDIR'] })).toMatchObject({ lookups: 1, misses: 0 });
  });

  test('without permission the name was found', () => {
    expect(folded({ lines: ['open /s/a EACCES'] })).toMatchObject({ lookups: 1, opens: 0 });
  });

  test('operations on what is already open look nothing up', () => {
    expect(folded({ lines: ['fstat /s/a', 'close /s/a', 'other /s/a'] })).toMatchObject({ lookups: 0 });
  });
});

describe('symbolic links', () => {
  const links = { '/s/lib64': '/s/lib', '/s/python': '/s/bin/python3', '/out': '/s/lib' };

  test('two ways to one file count what they share once', () => {
    const { lookups, readlinks } = folded({ lines: ['open /s/lib64/m/f', 'open /s/lib/m/f'], links });
    // lib64, lib, m, f
    expect(lookups).toBe(4);
    expect(readlinks).toBe(1);
  });

  test('a link is asked for at each walk unless its target is kept', () => {
    const lines = ['stat /s/lib64/m', 'stat /s/lib64/n', 'open /s/python'];
    expect(folded({ lines, links, ranks: 2 }).readlinks).toBe(6);
    expect(folded({ lines, links, ranks: 2, profile: 'nfs' }).readlinks).toBe(2);
  });

  test('a link from another mount leads to shared storage', () => {
    expect(folded({ lines: ['open /out/f', 'read /out/f 10'], links })).toMatchObject({ lookups: 2, opens: 1 });
  });

  test('a prefix that is a link leads to what counts as shared', () => {
    const { paths, enter } = tree({ '/env': '/data/env' });
    const accesses = ['open /env/lib/f', 'open /data/other'].map((line) => access(enter, line));
    const walk = walkOf(paths, { sharedMounts: [], sharedPrefixes: ['/env'] });
    expect(accesses.map(({ path }) => walk.shared[walk.file[path] ?? 0])).toEqual([true, false]);
  });

  test('links in a circle end', () => {
    const paths = [
      { parent: 0, name: '', mount: 1 },
      { parent: 0, name: 'a', mount: 1, link: 2 },
      { parent: 0, name: 'b', mount: 1, link: 1 },
      { parent: 4, name: 'c', mount: 1 },
      { parent: 3, name: 'd', mount: 1 },
    ];
    expect(walkOf(paths, { sharedMounts: [1], sharedPrefixes: [] }).entry).toHaveLength(5);
  });
});

describe('opens', () => {
  test('each one reaches the server, from each rank', () => {
    expect(folded({ lines: ['open /s/a x2', 'opendir /s/d'], ranks: 3 }).opens).toBe(9);
  });

  test('with an open cache the first few of a file do', () => {
    expect(folded({ lines: ['open /s/a', 'open /s/b'], ranks: 64, profile: 'lustre' })).toMatchObject({
      ...{ opens: 10, closes: 10 },
    });
  });

  test('an open that looks up spares the lookup, unless the name was asked for before', () => {
    expect(folded({ lines: ['open /s/a', 'stat /s/b', 'open /s/b'], profile: 'lustre' }).lookups).toBe(1);
    expect(folded({ lines: ['open /s/a', 'stat /s/b', 'open /s/b'] }).lookups).toBe(2);
  });

  test('close-to-open asks for attributes at each open but the one that looked up', () => {
    const lines = ['open /s/a', 'stat /s/b', 'open /s/b'];
    expect(folded({ lines, ranks: 4, profile: 'nfs' })).toMatchObject({ opens: 0, lookups: 2, getattrs: 7 });
  });
});

describe('time', () => {
  const lines = ['stat /s/a/b/f', 'stat /s/a/x ENOENT x9'];

  test('what is kept for a shorter time than the start lasts is asked for again', () => {
    expect(folded({ lines, profile: 'weka', seconds: 0.5 }).getattrs).toBe(0);
    // The root of the mount, a and b, each twice more.
    expect(folded({ lines, profile: 'weka', seconds: 2.5 }).getattrs).toBe(6);
  });

  test('missing names too', () => {
    expect(folded({ lines, profile: 'daos', seconds: 4 }).misses).toBe(1);
    expect(folded({ lines, profile: 'daos', seconds: 11 }).misses).toBe(3);
  });
});

describe('directories', () => {
  test('are listed for each process, or once a node', () => {
    const lines = ['opendir /s/d', 'readdir /s/d x2'];
    expect(folded({ lines, ranks: 4 }).readdirs).toBe(8);
    expect(folded({ lines, ranks: 4, profile: 'nfs' }).readdirs).toBe(1);
  });

  test('a large one takes more requests', () => {
    expect(folded({ lines: ['opendir /s/d', 'readdir /s/d x6'] }).readdirs).toBe(6);
  });

  test('a listing that was seen from inside counts as an open and a listing', () => {
    expect(folded({ lines: ['readdir /s/d'] })).toMatchObject({ opens: 1, readdirs: 2 });
  });

  test('only files have a size that data servers know', () => {
    const lines = ['stat /s/d', 'stat /s/d/f', 'opendir /s/e', 'open /s/d/g'];
    expect(folded({ lines, profile: 'lustre' }).sizes).toBe(2);
  });
});

describe('data', () => {
  const lines = ['open /s/a x2', 'read /s/a 300000'];
  const reads = (question: Question) => readsOf(folded(question).fetches, 131_072);

  test('is fetched once a node where pages are kept', () => {
    expect(reads({ lines, ranks: 8, profile: 'nfs' })).toBe(3);
  });

  test('is fetched at each open where they are dropped', () => {
    expect(reads({ lines, ranks: 8 })).toBe(24);
  });

  test('of a large library only a part is touched', () => {
    const { fetches } = folded({ lines: ['open /s/l.so', 'read /s/l.so 832', 'map /s/l.so 50000000'] });
    expect(bytesOf(fetches)).toBeLessThan(10_000_000);
    expect(bytesOf(fetches)).toBeGreaterThan(1_000_000);
  });

  test('of a small one not more than there is', () => {
    const { fetches } = folded({ lines: ['open /s/l.so', 'map /s/l.so 20000'] });
    expect(bytesOf(fetches)).toBe(20_000);
  });

  test('an executed program is fetched too', () => {
    expect(reads({ lines: ['exec /s/bin/python'] })).toBe(1);
  });

  test('an interpreter is used nearly whole, whether it is the program or its library', () => {
    const program = folded({ lines: ['exec /s/bin/python 6900000'] });
    const library = folded({ lines: ['open /s/libpython3.11.so', 'map /s/libpython3.11.so 6900000'] });
    for (const { fetches } of [program, library]) expect(bytesOf(fetches)).toBeCloseTo(5_520_000);
  });

  test('changes and writes come from every rank', () => {
    const { changes, fetches } = folded({ lines: ['create /s/c', 'write /s/c 10', 'rename /s/c'], ranks: 5 });
    expect(changes).toBe(10);
    expect(bytesOf(fetches)).toBe(50);
  });
});
