import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { artifacts as schemas, Verdict } from '#schema';
import { audits } from './index.ts';

const SECTIONS = ['What it finds', 'Why it hurts at scale', 'What cures it', 'When to allow it'];

const folderOf = (id: string) => `${import.meta.dirname}/${id}`;
const casesOf = (id: string) =>
  readdirSync(`${folderOf(id)}/cases`).filter((file) => file.endsWith('.json') && !file.endsWith('.verdict.json'));

/** Three digits: more would make goldens differ by the order of additions. */
const digits = (value: number) => Number(value.toPrecision(3));

/** Modelled seconds and requests are held by the tests of `scale`: a better model must not rewrite what an audit says. */
const modelled = (text: string) =>
  text
    .replace(/(less than 1 ms|[\d.,]+ m?s) per start/, 'SECONDS per start')
    .replace(/[\d,]+ (metadata requests .*), [\d,]+ from/, 'REQUESTS $1, REQUESTS from');

const MODELLED_FACTS = /requests per node|names looked up|names that do not exist|files opened|directory reads/;

function golden(key: string, value: unknown): unknown {
  if (key === 'cost') return { ...Object(value), value: undefined, low: undefined, high: undefined };
  if (key === 'requests') return 'REQUESTS';
  if (MODELLED_FACTS.test(Object(value).name)) return { ...Object(value), value: 'REQUESTS' };
  if (typeof value === 'number') return digits(value);
  return typeof value === 'string' ? modelled(value) : value;
}

function readCase(id: string, file: string, needs: readonly (keyof typeof schemas)[]) {
  const json: unknown = JSON.parse(readFileSync(`${folderOf(id)}/cases/${file}`, 'utf8'));
  // A case that no gatherer could make proves nothing.
  const artifacts = z.object(schemas).partial().parse(json);
  for (const need of needs) expect(artifacts, `${file} lacks ${need}`).toHaveProperty(need);
  return artifacts;
}

describe.for([...audits])('$id', (audit) => {
  const answer = (file: string) =>
    // The case was just held to the audit's needs.
    audit.answer(readCase(audit.id, file, audit.needs) as Parameters<typeof audit.answer>[0]);

  test.for(casesOf(audit.id))('%s', async (file, { expect }) => {
    const verdict = Verdict.parse(answer(file));
    const told = `${JSON.stringify(verdict, golden, 2)}\n`;
    await expect(told).toMatchFileSnapshot(`${folderOf(audit.id)}/cases/${file.replace('.json', '.verdict.json')}`);
  });

  test('has a case that passes and one that fails', () => {
    const kinds = casesOf(audit.id).map((file) => answer(file).kind);
    expect(kinds).toContain('fail');
    expect(kinds.some((kind) => kind === 'pass' || kind === 'inapplicable')).toBe(true);
  });

  test('gives costs with a range around them', () => {
    for (const file of casesOf(audit.id)) {
      const verdict = answer(file);
      for (const { cost } of verdict.kind === 'fail' ? verdict.findings : []) {
        if (!cost) continue;
        expect(cost.low).toBeGreaterThanOrEqual(0);
        expect(cost.value).toBeGreaterThanOrEqual(cost.low);
        expect(cost.high).toBeGreaterThanOrEqual(cost.value);
      }
    }
  });

  test('words its findings as facts, with a subject and a check', () => {
    for (const file of casesOf(audit.id)) {
      const verdict = answer(file);
      for (const { message, subject, check, evidence } of verdict.kind === 'fail' ? verdict.findings : []) {
        expect(message).not.toMatch(/\.$|undefined|NaN|\n/);
        expect(subject).not.toBe('');
        expect(check).not.toBe('');
        expect(evidence).not.toEqual([]);
      }
    }
  });

  test('has a page', () => {
    const page = readFileSync(`${folderOf(audit.id)}/${audit.id}.md`, 'utf8');
    expect([...page.matchAll(/^## (.+)$/gm)].map(([, title]) => title)).toEqual(SECTIONS);
    for (const section of page.split(/^## .+$/m).slice(1)) expect(section.trim()).not.toBe('');
  });
});

test('every folder is in the registry, once', () => {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(audits.map(({ id }) => id).sort()).toEqual(folders.map(({ name }) => name).sort());
  for (const { id } of audits) expect(existsSync(`${folderOf(id)}/${id}.ts`)).toBe(true);
});
