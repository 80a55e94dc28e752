import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { audits } from '#audits';
import { type Artifacts, artifacts as schemas } from '#schema';
import { remedies } from './index.ts';
import type { Complaint, RemedyUnit } from './remedy.ts';

const SECTIONS = ['What it does', 'When it is offered', 'How to undo it'];

test('every folder is in the registry, and the other way round', () => {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(remedies.map(({ id }) => id).sort()).toEqual(folders.map(({ name }) => name).sort());
});

/** A case is one of an audit, and what differs from it: properties that each artifact gets in place of its own. */
const Case = z.strictObject({
  like: z.string().regex(/^[a-z-]+\/[a-z0-9-]+$/),
  with: z.record(z.string(), z.record(z.string(), z.unknown())).optional(),
});

function readCase(path: string): Artifacts {
  const { like, with: differences = {} } = Case.parse(JSON.parse(readFileSync(path, 'utf8')));
  const [audit = '', name = ''] = like.split('/');
  const json = JSON.parse(readFileSync(join(import.meta.dirname, '../audits', audit, 'cases', `${name}.json`), 'utf8'));
  for (const [artifact, own] of Object.entries(differences)) json[artifact] = { ...json[artifact], ...own };
  // A case that no gatherer could make proves nothing; the remedy's needs are looked at where it is asked.
  return z.object(schemas).partial().parse(json) as Artifacts;
}

/** What the audits find that the remedy cures. */
function complaintsIn(artifacts: Artifacts, cures: readonly string[]): Complaint[] {
  const asked = audits.filter(({ id, needs }) => cures.includes(id) && needs.every((need) => need in artifacts));
  return asked.flatMap((audit) => {
    const verdict = audit.answer(artifacts);
    return verdict.kind === 'fail' ? verdict.findings.map((finding) => ({ audit: audit.id, finding })) : [];
  });
}

function prescribeIn(remedy: RemedyUnit, path: string) {
  const artifacts = readCase(path);
  for (const need of remedy.needs) expect(artifacts, `${path} lacks ${need}`).toHaveProperty(need);
  const complaints = complaintsIn(artifacts, remedy.cures);
  expect(complaints, 'an audit must find what the remedy would cure').not.toEqual([]);
  return remedy.prescribe(complaints, artifacts);
}

/** Modelled savings are held by the tests of `scale`: a better model must not rewrite when a remedy is offered. */
const golden = (key: string, value: unknown) =>
  key === 'saves' ? { ...Object(value), value: undefined, low: undefined, high: undefined } : value;

describe.for([...remedies])('$id', (remedy) => {
  const folder = join(import.meta.dirname, remedy.id);
  const cases = readdirSync(join(folder, 'cases')).filter(
    (file) => file.endsWith('.json') && !file.endsWith('.prescribed.json'),
  );

  test.for(cases)('%s', async (file, { expect }) => {
    const prescribed = prescribeIn(remedy, join(folder, 'cases', file));
    const path = join(folder, 'cases', file.replace('.json', '.prescribed.json'));
    await expect(`${JSON.stringify(prescribed, golden, 2)}\n`).toMatchFileSnapshot(path);
  });

  test('has a case where it is offered and one where it is not', () => {
    const offered = cases.map((file) => prescribeIn(remedy, join(folder, 'cases', file)).length > 0);
    expect(offered).toContain(true);
    expect(offered).toContain(false);
  });

  test('is documented', () => {
    const page = readFileSync(join(folder, `${remedy.id}.md`), 'utf8');
    expect([...page.matchAll(/^## (.+)$/gm)].map(([, title]) => title)).toEqual(SECTIONS);
  });

  test('cures audits that exist', () => {
    const known = audits.map(({ id }) => id);
    for (const id of remedy.cures) expect(known).toContain(id);
  });
});
