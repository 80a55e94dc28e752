import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { audits } from '#audits';
import { remedies } from './index.ts';

const SECTIONS = ['What it does', 'When it is offered', 'How to undo it'];

test('every folder is in the registry, and the other way round', () => {
  const folders = readdirSync(import.meta.dirname, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(remedies.map(({ id }) => id).sort()).toEqual(folders.map(({ name }) => name).sort());
});

describe.for(remedies)('$id', (remedy) => {
  const folder = `${import.meta.dirname}/${remedy.id}`;
  const cases = existsSync(`${folder}/cases`)
    ? readdirSync(`${folder}/cases`).filter((file) => !file.endsWith('.prescribed.json'))
    : [];

  // A case holds the artifacts and the findings: `{ causes, …artifacts }`.
  test.for(cases)('%s', async (file, { expect }) => {
    const { causes, ...artifacts } = JSON.parse(readFileSync(`${folder}/cases/${file}`, 'utf8'));
    const prescribed = remedy.prescribe(causes, artifacts);
    const golden = `${folder}/cases/${file.replace('.json', '.prescribed.json')}`;
    await expect(`${JSON.stringify(prescribed, null, 2)}\n`).toMatchFileSnapshot(golden);
  });

  test('is documented', ({ expect }) => {
    const page = readFileSync(`${folder}/${remedy.id}.md`, 'utf8');
    expect([...page.matchAll(/^## (.+)$/gm)].map(([, title]) => title)).toEqual(SECTIONS);
  });

  test('cures audits that exist', ({ expect }) => {
    const known = audits.map(({ id }) => id);
    for (const id of remedy.cures) expect(known).toContain(id);
  });
});
