import { expect, test } from 'vitest';
import * as z from 'zod';
import { normalizeName } from '#formats/requirement';
import { siteCoupled } from './site-coupled.ts';

const Coupling = z.enum(['mpi', 'cuda', 'hdf5', 'netcdf-c', 'petsc', 'slepc', 'fftw', 'parallel-netcdf']);
const table = z.record(z.string(), z.string());
const Entry = z.strictObject({
  name: z.string(),
  couples: z.array(Coupling).min(1),
  wheel: z.enum(['any-mpi', 'serial', 'none', 'uv-backend', 'other-name', 'extra']),
  wheelFrom: z.string().optional(),
  parallelExtra: z.string().optional(),
  variables: table.optional(),
  settings: table.optional(),
  alongside: z.array(z.string()).optional(),
  sameReleaseAs: Coupling.optional(),
  byCuda: z.array(z.strictObject({ major: z.int(), instead: z.string() })).optional(),
  check: z.string(),
  spack: z.string().optional(),
  conda: z.string().optional(),
  modules: z.string().optional(),
  source: z.string(),
});

test.for(siteCoupled)('what is known of $name', (entry) => {
  Entry.parse(entry);
  expect(entry.name).toBe(normalizeName(entry.name));
  expect(entry.source).toMatch(/https:\/\/|on PyPI/);
  if (entry.modules !== undefined) expect(entry.name).toMatch(new RegExp(entry.modules, 'i'));
  // A place that nothing of the site fills would be written into a build as it stands.
  const places = Object.values({ ...entry.variables, ...entry.settings }).flatMap(
    (text) => text.match(/\{.*?\}/g) ?? [],
  );
  const filled = entry.couples.map((one) => (one === 'mpi' ? '{mpi.compiler}' : `{${one}.prefix}`));
  for (const place of places) expect(filled).toContain(place);
  for (const other of entry.alongside ?? []) expect(siteCoupled.map(({ name }) => name)).toContain(other);
});

test('the newest CUDA comes first', () => {
  for (const { byCuda = [] } of siteCoupled) {
    expect(byCuda.map(({ major }) => major)).toEqual(
      byCuda.map(({ major }) => major).sort((one, other) => other - one),
    );
  }
});
