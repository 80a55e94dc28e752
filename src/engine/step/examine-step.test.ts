import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { renderText } from '#report';
import { type Recording, Report } from '#schema';
import { healthyNode, healthyRank, healthyStep } from '../../../test/recordings/healthy-step.ts';
import { stepRecordings } from '../../../test/recordings/step-draft.ts';
import { planTopology, type StepPlan } from '../../../test/recordings/step-plan.ts';
import { examineStep } from './examine-step.ts';

const NOTHING_ALLOWED = new Map<string, string>();

function report(plan: Partial<StepPlan> = {}): Report {
  const made = examineStep(stepRecordings(plan), NOTHING_ALLOWED);
  if (!made.ok) throw new Error(made.failure.message);
  return Report.parse(made.value);
}

const section = (plan: Partial<StepPlan> = {}) => report(plan).step;

test('a healthy step is one job, placed, with nothing wrong', () => {
  const { headline, step, unknowns } = report();
  expect(headline.sentences).toEqual([
    expect.stringMatching(/^8 ranks on 2 nodes are one MPI job of Open MPI/),
    'Each rank has 4 cores of its own; its largest known pool has 4 threads.',
    'Nothing is plainly wrong.',
  ]);
  expect(step?.differences).toEqual([]);
  expect(step?.pictures).toMatchObject([{ count: 2, nodes: ['nid000001', 'nid000002'] }]);
  expect(unknowns).toEqual([]);
});

test('hardware threads of one core are no cores of their own', () => {
  const { headline } = report({
    nodes: 1,
    ranksPerNode: 4,
    node: () => ({ topology: planTopology(1, 1, 4, 2) }),
    rank: (rank) => ({
      affinity: { atStart: `${2 * rank}-${2 * rank + 1}`, afterImports: `${2 * rank}-${2 * rank + 1}` },
    }),
  });
  expect(headline.sentences[1]).toMatch(/^Each rank has 2 cores, shared with others/);
});

test('without a command nothing is said of what an import would do', () => {
  const [first] = report({ command: null }).headline.sentences;
  expect(first).toBe('8 ranks on 2 nodes were looked at; no command was given, so that nothing was imported.');
});

describe('of different steps', () => {
  const failureOf = (recordings: readonly Recording[]) => {
    const [first, ...others] = recordings;
    if (!first) throw new Error('no recording');
    const made = examineStep([first, ...others], NOTHING_ALLOWED);
    return made.ok ? undefined : made.failure;
  };

  test('the key of the step tells them apart', () => {
    const [first] = stepRecordings();
    const other = stepRecordings({ node: () => ({ key: 'another' }) })[1];
    const failure = failureOf([first, other as Recording]);
    expect(failure).toMatchObject({ code: 'engine/different-steps' });
    expect(failure?.message).toMatch(/nid000001 and nid000002/);
  });

  test('without keys, the number of ranks does', () => {
    const node = () => ({ key: undefined });
    const [first] = stepRecordings({ node });
    const other = stepRecordings({ node, ranksPerNode: 8 })[1];
    expect(failureOf([first, other as Recording])).toMatchObject({ code: 'engine/different-steps' });
  });

  test('one file given twice is refused', () => {
    const [first] = stepRecordings();
    expect(failureOf([first, first])).toMatchObject({
      code: 'engine/recording-given-twice',
      message: 'the recording of nid000001 was given twice',
    });
  });
});

describe('what differs', () => {
  test('a node with another driver is named, and the majority is not', () => {
    const differences = section({
      nodes: 5,
      node: (number) => ({
        devices: { gpus: [], nics: [], drivers: { nvidia: number === 3 ? '535.161.08' : '550.54.15' } },
      }),
    })?.differences;
    expect(differences).toContainEqual({
      what: 'nvidia driver',
      values: [
        { value: '550.54.15', count: 4, of: 'nodes', where: [] },
        { value: '535.161.08', count: 1, of: 'nodes', where: ['nid000004'] },
      ],
    });
  });

  test('a rank with another mask is named with its node', () => {
    const differences = section({
      rank: (rank) => (rank === 5 ? { affinity: { atStart: '0-1', afterImports: '0' } } : {}),
    })?.differences;
    const masks = differences?.find(({ what }) => what === 'CPUs of a rank');
    expect(masks?.values[1]).toMatchObject({ value: '1 CPU', count: 1, where: ['rank 5 on nid000002'] });
  });

  test('libraries of a rank that was only seen from outside are not held against the others', () => {
    const healthy = [
      { path: '/usr/lib64/libc.so.6', kind: 'glibc', name: 'glibc', version: '2.34' },
      { path: '/opt/lib/libopenblas.so.0', kind: 'blas', name: 'OpenBLAS', version: '0.3.29' },
    ] as const;
    const differing = (outside: (rank: number) => boolean) =>
      section({
        rank: (rank) => {
          if (!outside(rank)) return { loaded: { libraries: healthy, others: 3 } };
          const { version: _, ...first } = healthy[rank % 2 === 0 ? 0 : 1];
          return { seen: 'outside', loaded: { libraries: [first], others: 0 } };
        },
      })?.differences.filter(({ what }) => what.endsWith('that was loaded'));
    expect(differing((rank) => rank === 4 || rank === 5)).toEqual([]);
    expect(differing(() => true)).toEqual([]);
  });

  test('the page does not grow with the ranks', () => {
    const size = (nodes: number) => {
      const odd = (rank: number) => ({ affinity: { atStart: `${rank % 7}`, afterImports: `${rank % 7}` } });
      return JSON.stringify(section({ nodes, rank: odd })).length;
    };
    expect(size(200)).toBeLessThan(1.3 * size(20));
  });
});

test('nodes that were not heard are unknown, by their number', () => {
  const { unknowns, step } = report({ nodes: 4, node: (number) => ({ silent: number === 2 }) });
  expect(step?.nodes).toEqual({ expected: 4, seen: 3 });
  expect(unknowns).toContainEqual(expect.objectContaining({ what: '1 of 4 nodes' }));
});

test('clocks that are minutes apart are said, and no more', () => {
  const { unknowns, headline } = report({
    node: (number) => ({ started: number === 0 ? '2026-11-22T19:00:00Z' : '2026-11-22T19:20:00Z' }),
  });
  expect(unknowns).toMatchObject([{ what: 'whether the nodes were looked at in one moment' }]);
  expect(headline.sentences.at(-1)).toBe('Nothing is plainly wrong.');
});

test('without a topology no core is called idle', () => {
  const { step, unknowns } = report({ node: () => ({ topology: undefined }) });
  expect(step?.pictures).toEqual([]);
  expect(unknowns.map(({ what }) => what)).toContainEqual(expect.stringMatching(/^which cores the ranks of/));
});

test('what was seen from outside only is not called well', () => {
  const { headline } = report({ rank: () => ({ seen: 'outside', mpi: undefined, because: 'it was ended' }) });
  expect(headline.sentences.at(-1)).toMatch(/^Nothing is plainly wrong in what could be seen: the ranks were seen/);
});

test('the headline begins with the finding that the page tells first', () => {
  const { python } = healthyRank(healthyStep, 0, healthyNode(healthyStep, 0));
  if (!python) throw new Error('the healthy rank has a Python');
  const old = { path: '/sw/lib/python3.9/site-packages', origin: 'pythonpath', exists: true } as const;
  // Warnings of two categories: another Python on one rank, packages of a third on all.
  const made = report({
    rank: (rank) => ({
      python: { ...python, version: rank === 7 ? '3.12.1' : '3.11.9', pathEntries: [old, ...python.pathEntries] },
    }),
  });
  const lines = renderText(made, { width: 2000 }).split('\n');
  const first = lines.findIndex((line) => /^(ERROR|WARNING) /.test(line));
  expect(lines.filter((line) => line.startsWith('WARNING ')).length).toBeGreaterThan(1);
  expect(made.headline.sentences[0]?.toLowerCase()).toBe(`${lines[first + 1]?.trim().toLowerCase()}.`);
});

test('any part of a step makes a report', () => {
  const recordings = stepRecordings({ nodes: 6, ranksPerNode: 2 });
  fc.assert(
    fc.property(fc.subarray(recordings, { minLength: 1 }), ([first, ...others]) => {
      const made = examineStep([first as Recording, ...others], NOTHING_ALLOWED);
      expect(made.ok && Report.safeParse(made.value).success).toBe(true);
    }),
    { numRuns: 30 },
  );
});
