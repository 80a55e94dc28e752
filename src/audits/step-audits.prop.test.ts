import fc from 'fast-check';
import { describe, test } from 'vitest';
import * as z from 'zod';
import { type ArtifactId, type Artifacts, stepArtifacts, Verdict } from '#schema';
import { stepAudits } from './index.ts';

// Artifacts of a step come from recordings, and those from anywhere: an audit answers whatever they hold.

const rank = fc.nat(5);
const word = fc.oneof(
  fc.constantFrom('', '0', '0-3,8', '0,2', 'slurmstepd', 'numpy', 'numpy.libs', 'mpi4py', 'OMP_NUM_THREADS', '4.1.4'),
  fc.constantFrom('/usr/lib/libmpi.so.40', '~/.local/lib/python3.11/site-packages', '/a/lib/libgomp-d22c30c5.so.1.0.0'),
  fc.string({ maxLength: 6 }),
);

/** Any value that a schema of an artifact accepts; strings and numbers out of few, so that they meet. */
function anyOf(schema: z.ZodType): fc.Arbitrary<unknown> {
  if (schema instanceof z.ZodObject) {
    const fields = Object.entries(schema.shape) as [string, z.ZodType][];
    const required = fields.filter(([, field]) => !(field instanceof z.ZodOptional)).map(([name]) => name);
    const model = Object.fromEntries(fields.map(([name, field]) => [name, anyOf(field)]));
    return fc.record(model, { requiredKeys: required });
  }
  if (schema instanceof z.ZodArray) return fc.array(anyOf(schema.element as z.ZodType), { maxLength: 4 });
  if (schema instanceof z.ZodOptional) return anyOf(schema.unwrap() as z.ZodType);
  if (schema instanceof z.ZodNullable) return fc.option(anyOf(schema.unwrap() as z.ZodType));
  if (schema instanceof z.ZodRecord) return fc.dictionary(word, anyOf(schema.valueType as z.ZodType), { maxKeys: 3 });
  if (schema instanceof z.ZodEnum) return fc.constantFrom(...schema.options);
  if (schema instanceof z.ZodBoolean) return fc.boolean();
  if (schema instanceof z.ZodNumber) return fc.oneof(rank, fc.nat(1e9));
  if (schema instanceof z.ZodString) return word.filter((text) => schema.safeParse(text).success);
  throw new Error(`no values are known of ${schema.constructor.name}`);
}

const schemas: Partial<Record<ArtifactId, z.ZodType>> = stepArtifacts;

/** Only what an audit asks for: the rest costs time and tells nothing. */
function artifactsFor(needs: readonly ArtifactId[]): fc.Arbitrary<Artifacts> {
  const shape = Object.fromEntries(needs.flatMap((need) => (schemas[need] ? [[need, schemas[need]]] : [])));
  return anyOf(z.object(shape)) as fc.Arbitrary<Artifacts>;
}

describe.for([...stepAudits])('$id', (audit) => {
  test('answers whatever the artifacts hold', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(artifactsFor(audit.needs), (any) => Verdict.safeParse(audit.answer(any)).success),
      { numRuns: 60 },
    );
  });
});
