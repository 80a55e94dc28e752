import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { type ArtifactId, type Artifacts, artifacts as schemas, Verdict } from '#schema';
import { audits, startAudits, stepAudits } from './index.ts';

const SECTIONS = ['What it finds', 'Why it hurts at scale', 'What cures it', 'When to allow it'];

const folderOf = (id: string) => `${import.meta.dirname}/${id}`;
const casesOf = (id: string) =>
  readdirSync(`${folderOf(id)}/cases`).filter((file) => file.endsWith('.json') && !file.endsWith('.verdict.json'));

/** Three digits: more would make goldens differ by the order of additions. */
const digits = (value: number) => Number(value.toPrecision(3));

/** Modelled seconds and requests are held by the tests of `scale`: a better model must not rewrite what an audit says. */
const modelled = (text: string) =>
  text
    .replace(/(less than 1 ms|(\d+ (h|min) )?[\d.,]+ (us|ms|s|min|h)) per start/, 'SECONDS per start')
    .replace(/[\d,]+ (metadata requests .*), [\d,.]+( [mb]illion)? from/, 'REQUESTS $1, REQUESTS from');

const MODELLED_FACTS = /requests per node|names looked up|names that do not exist|files opened|directory reads/;

function golden(key: string, value: unknown): unknown {
  if (key === 'cost') return { ...Object(value), value: undefined, low: undefined, high: undefined };
  if (key === 'requests') return 'REQUESTS';
  if (MODELLED_FACTS.test(Object(value).name)) return { ...Object(value), value: 'REQUESTS' };
  if (typeof value === 'number') return digits(value);
  return typeof value === 'string' ? modelled(value) : value;
}

function readArtifacts(path: string, needs: readonly ArtifactId[]): Artifacts {
  const json: unknown = JSON.parse(readFileSync(path, 'utf8'));
  // A case that no gatherer could make proves nothing.
  const artifacts = z.object(schemas).partial().parse(json);
  for (const need of needs) expect(artifacts, `${path} lacks ${need}`).toHaveProperty(need);
  // The case was just held to what is asked of it.
  return artifacts as Artifacts;
}

describe.for([...audits])('$id', (audit) => {
  const answer = (file: string) => audit.answer(readArtifacts(`${folderOf(audit.id)}/cases/${file}`, audit.needs));

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

/** Whole recorded starts and steps with nothing wrong. */
const HEALTHY = [
  { folder: 'healthy-jobs', asked: startAudits },
  { folder: 'healthy-steps', asked: stepAudits },
];
const healthyFiles = HEALTHY.flatMap(({ folder, asked }) =>
  readdirSync(folderOf(folder))
    .filter((name) => name.endsWith('.json'))
    .map((file) => ({ file: `${folder}/${file}`, asked })),
);

describe.for(healthyFiles)('$file', ({ file, asked }) => {
  test.for([...asked])('gets no warning from $id', (audit, { expect }) => {
    const verdict = audit.answer(readArtifacts(folderOf(file), audit.needs));
    const findings = verdict.kind === 'fail' ? verdict.findings : [];
    expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
  });
});

test('every folder is in the registry, once', () => {
  const entries = readdirSync(import.meta.dirname, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() && !entry.name.startsWith('healthy-'));
  expect(audits.map(({ id }) => id).sort()).toEqual(folders.map(({ name }) => name).sort());
  for (const { id } of audits) expect(existsSync(`${folderOf(id)}/${id}.ts`)).toBe(true);
});
