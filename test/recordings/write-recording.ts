import type { FactName, ImportSpan, PathNode, ProcessImage, Recording } from '#schema';
import { OPERATIONS } from '#schema';

// The text of a recording that is in memory: what the collector's writer does, for tests.

type Line = readonly unknown[];

function pathLine({ parent, name, mount, link, removed }: PathNode, id: number): Line {
  if (!removed) return ['p', id, parent, name, { mount, ...(link === undefined ? {} : { link }) }];
  const dot = name.indexOf('.');
  const folder = parent === 0 ? [] : [parent];
  return ['d', id, mount, 1, dot < 0 ? '' : name.slice(dot), dot < 0 ? name : name.slice(0, dot), ...folder];
}

function processLines({ id, parent, source, begin, how, program, argc, role, rank, ...rest }: ProcessImage): Line[] {
  const { end, status, signal, phases } = rest;
  return [
    ['x', id, parent, source, begin, { how, program, argc, role, rank }],
    ...phases.map((phase) => ['f', id, phase.begin, phase.phase]),
    ...(end === undefined ? [] : [['y', id, end, { status, signal }]]),
  ];
}

function importLines(spans: readonly ImportSpan[], words: ReadonlyMap<string, number>): Line[] {
  const begins = spans.map(({ process, id, parent, module, begin, level }) => [
    'b',
    process,
    id,
    parent,
    words.get(module) ?? 0,
    begin,
    level,
  ]);
  const ends = spans
    .filter(({ end }) => end !== undefined)
    .map(({ process, id, end, outcome, origin = 0, loader = '' }) => ['e', process, id, end, outcome, origin, loader]);
  return [...begins, ...ends];
}

function* operationLines({ operations, errors }: Recording): Generator<Line> {
  const { process, import: imports, time, operation, path, error, bytes } = operations;
  for (let row = 0; row < operations.length; row += 1) {
    const name = OPERATIONS[operation[row] ?? 0];
    yield ['o', process[row], imports[row], time[row], name, path[row], errors[error[row] ?? 0], bytes[row]];
  }
}

/** Lines of one recording; each ends in a line feed. */
export function* recordingLines(recording: Recording): Generator<string> {
  const { collector, started, truncated, paths, processes, imports, facts } = recording;
  const words = new Map([...new Set(imports.map(({ module }) => module))].map((word, index) => [word, index + 1]));
  yield `${JSON.stringify(['pharos-recording', 1, { collector, started }])}\n`;
  const rows: Line[] = [
    ...[...words].map(([word, id]) => ['s', id, word]),
    ...paths.slice(1).map((node, index) => pathLine(node, index + 1)),
    ...[...processes.values()].flatMap(processLines),
    ...importLines(imports, words),
    ...(Object.keys(facts) as FactName[]).flatMap((name) => facts[name].map((fact) => ['fact', name, fact])),
  ];
  for (const row of rows) yield `${JSON.stringify(row)}\n`;
  for (const row of operationLines(recording)) yield `${JSON.stringify(row)}\n`;
  if (!truncated) yield '["end"]\n';
}

export function writeRecording(recording: Recording): string {
  return [...recordingLines(recording)].join('');
}
