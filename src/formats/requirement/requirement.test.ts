import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  compareVersions,
  formatVersion,
  holds,
  isAllowed,
  type MarkerEnvironment,
  readMarker,
  readRequirement,
  readSpecifiers,
  readVersion,
} from './index.ts';

/** Answers of Python's `packaging`, the reference: each file says of which version. */
const casesOf = (name: string) => JSON.parse(readFileSync(join(import.meta.dirname, 'cases', name), 'utf8'));

const versions: {
  normal: [string, string | null][];
  compare: [string, string, number][];
  specifiers: [string, string | null, boolean?][];
} = casesOf('versions.json');

function versionOf(text: string) {
  const version = readVersion(text);
  if (!version) throw new Error(`${text} is a version`);
  return version;
}

test('versions are written in one way', () => {
  for (const [text, normal] of versions.normal) {
    const version = readVersion(text);
    expect(version ? formatVersion(version) : null, text).toBe(normal);
  }
});

test('versions are in order', () => {
  for (const [one, other, order] of versions.compare) {
    expect(Math.sign(compareVersions(versionOf(one), versionOf(other))), `${one} and ${other}`).toBe(order);
  }
});

test('a specifier allows what packaging says it does', () => {
  for (const [text, version, allowed] of versions.specifiers) {
    const specifiers = readSpecifiers(text);
    expect(specifiers.ok, text).toBe(version !== null);
    if (specifiers.ok && version !== null) {
      expect(isAllowed(versionOf(version), specifiers.value), `${text} and ${version}`).toBe(allowed);
    }
  }
});

const ANSWERS: Readonly<Record<string, boolean | undefined>> = { 0: false, 1: true };

describe('requirements', () => {
  const { environments, requirements } = casesOf('requirements.json') as {
    environments: MarkerEnvironment[];
    requirements: { text: string; name?: string; extras?: string[]; url?: string; holds?: string }[];
  };
  const all = environments.flatMap((environment) =>
    ['', 'test', 'foo-bar'].map((extra) => ({
      ...environment,
      extra,
      extras: extra === '' ? [] : [extra],
      dependency_groups: ['y'],
    })),
  );

  test.for(requirements)('$text', ({ text, name, extras, url, holds: answers }) => {
    const read = readRequirement(text);
    expect(read.ok).toBe(name !== undefined);
    if (!read.ok) return;
    expect(read.value.name).toBe(name);
    expect([...new Set(read.value.extras)].sort()).toEqual(extras);
    expect(read.value.url).toBe(url);
    const { marker } = read.value;
    expect(marker === undefined).toBe(answers === undefined);
    if (marker) {
      expect(all.map((environment) => holds(marker, environment))).toEqual(
        [...(answers ?? '')].map((one) => ANSWERS[one]),
      );
    }
  });
});

test('what is not known of an environment decides nothing that does not hang on it', () => {
  const answer = (text: string) => {
    const marker = readMarker(text);
    return marker.ok ? holds(marker.value, { os_name: 'posix' }) : 'malformed';
  };
  expect(answer('python_version > "3" or os_name == "posix"')).toBe(true);
  expect(answer('python_version > "3" and os_name == "nt"')).toBe(false);
  expect(answer('python_version > "3" and os_name == "posix"')).toBeUndefined();
  expect(answer('"a :: b :: c" in variant_properties')).toBeUndefined();
  expect(answer('constructor == "x"')).toBe('malformed');
});

test('a marker that compares two texts, or two variables, is refused: packaging fails on it when it is asked', () => {
  expect(readRequirement('a; "x" == "y"').ok).toBe(false);
  expect(readRequirement('a; os_name == sys_platform').ok).toBe(false);
});

test('parentheses may go as deep as anyone writes them, and no deeper', () => {
  const nested = (depth: number) => `a; ${'('.repeat(depth)}os_name == "nt"${')'.repeat(depth)}`;
  expect(readRequirement(nested(20)).ok).toBe(true);
  expect(readRequirement(nested(5000)).ok).toBe(false);
});

test('nothing is thrown for any text', () => {
  const pieces = fc.constantFrom(
    ...['a', '[', ']', '(', ')', ';', ' ', '@', '==', '~=', '>', '1.0', '.*', ',', '"', "'", 'os_name', 'and', 'or'],
    ...['not in', 'in', '!', '+', '\n', '\u{1f600}', 'extra', '__proto__', '9'.repeat(400)],
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(pieces, { maxLength: 30 }).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(text, (any) => {
      const read = readRequirement(any);
      if (read.ok && read.value.marker) holds(read.value.marker, { os_name: any, extra: any });
      readMarker(any);
      readSpecifiers(any);
      const version = readVersion(any);
      if (version) expect(compareVersions(version, versionOf(formatVersion(version)))).toBe(0);
    }),
  );
});
