// For tests: tables of a start as the job grows, with any words and numbers in them.
import fc from 'fast-check';
import { LIMITS, METADATA_REQUESTS, type ScaleTable } from '#schema';
import { hostileText } from './hostile-text.ts';

// `NaN` in a text would be taken for a number that is none.
const anyText = hostileText.map((text) => text.slice(0, 60)).filter((text) => !text.includes('NaN'));

const anySeconds = fc.oneof(
  fc.double({ min: 0, max: 1e6, noNaN: true }),
  fc.constantFrom(0, 5e-324, 1e-9, 1e12, 1e300),
);
const anyNodes = fc.integer({ min: 1, max: 1_000_000 });
const anyCount = fc.double({ min: 0, max: 1e12, noNaN: true });
const positive = fc.double({ min: 1e-3, max: 1e12, noNaN: true });
const anyInterval = fc
  .tuple(anySeconds, anySeconds, anySeconds)
  .map((values) => values.toSorted((a, b) => a - b))
  .map(([low = 0, likely = 0, high = 0]) => ({ low, likely, high }));
const anyLimit = fc.constantFrom(...LIMITS);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });

/** Leaves out what is undefined, as JSON does. */
const present = <T>(value: object) => JSON.parse(JSON.stringify(value)) as T;

/** Any arithmetic with finite figures. */
export const anyArithmetic: fc.Arbitrary<NonNullable<ScaleTable['arithmetic']>> = fc.record({
  ...{ nodes: anyNodes, ranksPerNode: fc.integer({ min: 1, max: 1e5 }), jobs: fc.integer({ min: 1, max: 1e5 }) },
  metadata: fc.array(
    fc.record({
      request: fc.constantFrom(...METADATA_REQUESTS),
      ...{ perRank: fc.nat(1e6), perNode: fc.nat(1e7), microseconds: positive },
    }),
    { maxLength: 7 },
  ),
  data: fc.record({
    ...{ perRank: fc.nat(1e6), perNode: fc.nat(1e7), bytesPerNode: anyCount, microseconds: positive },
    ...{ bytesPerSecondPerSlot: fc.double({ min: 1e6, max: 1e12, noNaN: true }), slots: positive },
  }),
  ...{ metadataSlots: positive, roundTripMicroseconds: positive, waited: fc.nat(1e7), ownSeconds: positive },
  ...{ coresPerNode: fc.integer({ min: 1, max: 1e5 }), inFlightPerNode: positive },
  otherMetadataShare: fc.double({ min: 0, max: 0.95, noNaN: true }),
  otherDataShare: fc.double({ min: 0, max: 0.95, noNaN: true }),
  ...{ launchSeconds: anySeconds, alone: anySeconds, least: anySeconds, most: anySeconds, likely: anySeconds },
});

const KINDS = ['as-is', 'remedy', 'remedy', 'staged'] as const;

const anyPlans = fc
  .array(fc.record({ title: anyText, because: anyText, known: fc.boolean() }), { minLength: 1, maxLength: 4 })
  .map((plans) => plans.map((plan, index) => ({ ...plan, id: `plan-${index}`, kind: KINDS[index] ?? 'staged' })));

const anyStarts = (ids: readonly string[]) =>
  fc.tuple(
    ...ids.map((plan) =>
      fc.record({
        plan: fc.constant(plan),
        ...{ seconds: anyInterval, limit: anyLimit, parts: fc.dictionary(anyLimit, anySeconds, { maxKeys: 4 }) },
      }),
    ),
  );

const anyPoints = (ids: readonly string[]) =>
  fc
    .uniqueArray(anyNodes, { minLength: 1, maxLength: 8 })
    .chain((nodes) =>
      fc.tuple(
        ...nodes
          .toSorted((a, b) => a - b)
          .map((size) => fc.record({ nodes: fc.constant(size), requests: anyCount, starts: anyStarts(ids) })),
      ),
    );

/** Any table that the contract allows, with hostile words. */
export const anyScaleTable: fc.Arbitrary<ScaleTable> = anyPlans.chain((plans) =>
  fc
    .record({
      ...{ kind: fc.constant('pharos-scale'), version: fc.constant(1), by: anyText, plans: fc.constant(plans) },
      job: fc.record({ script: anyText, launcher: anyText, observedSeconds: anyInterval }),
      profile: fc.record({
        ...{ id: anyText, title: anyText, shared: fc.boolean(), calibrated: fc.boolean() },
        figures: fc.record({ measured: fc.nat(50), published: fc.nat(50), assumed: fc.nat(50) }),
      }),
      applies: fc.constantFrom('observed', 'as-if'),
      ...{ ranksPerNode: anyNodes, coresPerNode: anyNodes, jobs: anyNodes, basis: fc.constant('modelled') },
      points: anyPoints(plans.map(({ id }) => id)),
      pays: fc.constant(plans.slice(1).map(({ id }) => ({ plan: id, likelyFrom: 4, tried: 131_072 }))),
      sustained: maybe(fc.record({ startsPerSecond: anyInterval, limit: anyLimit })),
      image: maybe(fc.record({ files: fc.nat(1e6), bytes: anyCount, basis: fc.constant('inferred') })),
      timeouts: fc.array(
        fc.record({
          ...{
            launcher: anyText,
            name: anyText,
            seconds: anySeconds,
            setting: anyText,
            source: anyText,
            waits: anyText,
          },
          ...{ mayFrom: maybe(anyNodes), likelyFrom: maybe(anyNodes) },
        }),
        { maxLength: 2 },
      ),
      arithmetic: maybe(anyArithmetic),
      unknowns: fc.array(fc.record({ what: anyText, because: anyText, hint: maybe(anyText) }), { maxLength: 3 }),
    })
    .map((table) => present<ScaleTable>(table)),
);
