import { readFileSync } from 'node:fs';
import { describe, test } from 'vitest';
import { type Finding, type Report, readReport } from '#schema';
import { diffReports } from './diff.ts';
import { renderDiffMarkdown } from './markdown.ts';
import { renderDiffText } from './text.ts';

const folder = `${import.meta.dirname}/cases`;

function reportOf(name: string): Report {
  const read = readReport(JSON.parse(readFileSync(`${folder}/${name}.report.json`, 'utf8')));
  if (!read.ok) throw new Error(read.failure.message);
  return read.value;
}

const stormReport = () => reportOf('storm');

/** The same report with other findings of one audit; no findings is a pass. */
function withFindings(report: Report, audit: string, change: (findings: Finding[]) => Finding[]): Report {
  const verdictOf = (findings: Finding[]) => {
    const [first, ...rest] = findings;
    return first
      ? { kind: 'fail' as const, findings: [first, ...rest] as [Finding, ...Finding[]] }
      : { kind: 'pass' as const };
  };
  const categories = report.categories.map((category) => ({
    ...category,
    verdicts: category.verdicts.map((asked) =>
      asked.audit === audit && asked.verdict.kind === 'fail'
        ? { ...asked, verdict: verdictOf(change([...asked.verdict.findings])) }
        : asked,
    ),
  }));
  return { ...report, categories };
}

const changesOf = (before: Report, after: Report) =>
  diffReports(before, after)
    .findings.filter(({ change }) => change !== 'same')
    .map(({ audit, subject, change }) => [change, audit, subject]);

test('a cured finding is gone, and its audit has another answer', ({ expect }) => {
  const before = stormReport();
  const after = withFindings(before, 'deep-search-path', () => []);
  expect(changesOf(before, after)).toEqual([['gone', 'deep-search-path', '/lustre/orion/proj/tools/lib-a']]);
  expect(diffReports(before, after).verdicts).toEqual([{ audit: 'deep-search-path', before: 'fail', after: 'pass' }]);
  expect(changesOf(after, before)).toEqual([['appeared', 'deep-search-path', '/lustre/orion/proj/tools/lib-a']]);
});

test('a finding of another cost is better or worse, within noise it is the same', ({ expect }) => {
  const before = stormReport();
  const scaled = (factor: number) =>
    withFindings(before, 'deep-search-path', (findings) =>
      findings.map((finding) => ({
        ...finding,
        ...(finding.cost ? { cost: { ...finding.cost, value: finding.cost.value * factor } } : {}),
      })),
    );
  expect(changesOf(before, scaled(0.5))[0]?.[0]).toBe('better');
  expect(changesOf(before, scaled(1.5))[0]?.[0]).toBe('worse');
  expect(changesOf(before, scaled(1.05))).toEqual([]);
});

test('costs at another scale are not compared, and it says so', ({ expect }) => {
  const before = stormReport();
  const target = before.target ? { ...before.target, nodes: 128 } : undefined;
  const diff = diffReports(before, { ...before, ...(target ? { target } : {}) });
  expect(diff.incomparable).toEqual(['nodes: 64 and 128']);
  expect(diff.figures.map(({ name }) => name)).toEqual(['start here']);
  expect(diff.findings.find(({ audit }) => audit === 'metadata-storm')?.change).toBe('present');
  expect(renderDiffText(diff)).toContain('Costs at scale are not comparable: nodes: 64 and 128.');
});

test.for([
  ['of half a second', { selfSeconds: 0.5, totalSeconds: 0.5, selfCalls: 20, totalCalls: 20 }],
  ['of five hundred calls', { selfSeconds: 0.001, totalSeconds: 0.001, selfCalls: 500, totalCalls: 500 }],
] as const)('a module %s that came in is the first change', ([, weight], { expect }) => {
  const before = stormReport();
  // Beside it, everything took a little longer, as in any second run.
  const noisy = before.icicle.map((node, index) => ({
    ...node,
    selfSeconds: node.selfSeconds * (1 + (index % 5) / 50),
  }));
  const diff = diffReports(before, { ...before, icicle: [...noisy, { module: 'mwxq', ...weight }] });
  expect(diff.imports.map(({ module, change }) => [module, change])).toEqual([['mwxq', 'appeared']]);
  expect(renderDiffText(diff)).toContain('The largest change is the import of mwxq (appeared).');
});

test('differences of the environment are named', async ({ expect }) => {
  const before = stormReport();
  const { environment } = before;
  const after: Report = {
    ...before,
    environment: {
      ...environment,
      interpreter: 'CPython 3.12.3 at /opt/python3.12',
      pathEntries: environment.pathEntries.slice(1),
      mounts: environment.mounts.map((mount) => (mount.point === '/sw' ? { ...mount, class: 'cvmfs' } : mount)),
      distributions: [
        ...environment.distributions.filter(({ name }) => name !== 'cycler'),
        { name: 'dask', version: '2026.4.0' },
      ].map((each) => (each.name === 'numpy' ? { ...each, version: '2.5.0' } : each)),
      variables: { ...environment.variables, OMP_NUM_THREADS: '4' },
    },
  };
  const diff = diffReports(
    before,
    withFindings(after, 'heavy-import', (findings) => findings.slice(0, 1)),
  );
  expect(diff.environment.map(({ what, name }) => `${what} ${name}`)).toEqual([
    'interpreter interpreter',
    'package numpy',
    'package cycler',
    'package dask',
    'path entry /lustre/orion/proj/tools/analysis',
    'mount /sw',
    'variable OMP_NUM_THREADS',
  ]);
  await expect(renderDiffText(diff)).toMatchFileSnapshot(`${folder}/environment.diff.txt`);
  await expect(renderDiffMarkdown(diff)).toMatchFileSnapshot(`${folder}/environment.diff.md`);
});

describe('two steps', () => {
  const withFacts = (...rows: { name: string; value: string }[]) => {
    const step = reportOf('step-singletons');
    return { ...step, step: step.step && { ...step.step, facts: [{ title: 'MPI', rows }] } };
  };

  test('differ in their findings and facts, and are compared by what they measured', ({ expect }) => {
    const diff = diffReports(reportOf('step-singletons'), reportOf('step-healthy'));
    expect(diff.findings.filter(({ change }) => change === 'gone').map(({ audit }) => audit)).toContain(
      'singleton-ranks',
    );
    expect(diff.figures.map(({ name }) => name)).toContain('imports of the slowest rank');
    expect(diff.environment.filter(({ what }) => what === 'fact').map(({ name }) => name)).toContain('world');
    expect(diff.incomparable).toEqual([]);
  });

  test('long facts show where they part', ({ expect }) => {
    const text = renderDiffText(
      diffReports(
        withFacts({ name: 'world', value: 'initialized by mpi4py.MPI, size 1, thread level multiple' }),
        withFacts({ name: 'world', value: 'initialized by mpi4py.MPI, size 16, thread level multiple' }),
      ),
    );
    expect(text).toMatch(/fact +world +\.\.\. size 1, \.\.\. +\.\.\. size 16, \.\.\./);
  });

  test('a start beside a step is said not to compare', ({ expect }) => {
    const { incomparable } = diffReports(stormReport(), reportOf('step-healthy'));
    expect(incomparable[0]).toBe('one report is of a start, the other of a step');
  });
});
