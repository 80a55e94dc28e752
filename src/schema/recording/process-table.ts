import { type Line, malformed, oneOf, plainObject, shortText, wholeNumber } from './malformed.ts';
import type { PathTable } from './path-table.ts';
import { PHASES, type PhaseName, type ProcessImage, type ProcessRole, type Source } from './recording.ts';

const MOST_RANK = 2 ** 31 - 1;
const MOST_PROCESSES = 2 ** 17;
const sources: ReadonlySet<Source> = new Set(['probe', 'trace', 'replay']);
const roles: ReadonlySet<ProcessRole> = new Set(['before', 'job', 'child', 'other']);
const hows: ReadonlySet<ProcessImage['how']> = new Set(['exec', 'fork']);
const phases: ReadonlySet<PhaseName> = new Set(PHASES);

export interface ProcessTable {
  readonly images: ReadonlyMap<number, ProcessImage>;
  /** `["x", id, parent, source, t, {how, program, argc, role}]` */
  begin(line: Line): void;
  /** `["y", id, t, {status} or {signal}]` */
  end(line: Line): void;
  /** `["f", process, t, phase]` */
  phase(line: Line): void;
  known(value: unknown): number;
}

export function processTable(paths: PathTable): ProcessTable {
  const images = new Map<number, ProcessImage>();

  function image(value: unknown): ProcessImage {
    return images.get(value as number) ?? malformed('the process has not begun');
  }

  return {
    images,
    known: (value) => image(value).id,

    begin([, id, parent, source, t, extra]) {
      if (id !== images.size + 1) malformed(`the process's id is not ${images.size + 1}`);
      if (images.size >= MOST_PROCESSES) malformed(`there are more than ${MOST_PROCESSES} processes`);
      const { how, program, argc, role, rank } = plainObject(extra, 'the last element');
      images.set(images.size + 1, {
        id: images.size + 1,
        parent: wholeNumber(parent, 'the parent', images.size),
        source: oneOf(sources, source, 'the source'),
        begin: wholeNumber(t, 'the time'),
        how: oneOf(hows, how, 'how it began'),
        role: oneOf(roles, role, 'the role'),
        program: paths.known(program),
        argc: wholeNumber(argc, 'the number of arguments'),
        ...(rank === undefined ? {} : { rank: wholeNumber(rank, 'the rank', MOST_RANK) }),
        phases: [],
      });
    },

    end([, id, t, extra]) {
      const ended = image(id);
      if (ended.end !== undefined) malformed('the process has ended before');
      const { status, signal } = plainObject(extra, 'the last element');
      ended.end = wholeNumber(t, 'the time');
      if (Number.isSafeInteger(status)) ended.status = status as number;
      if (signal !== undefined) ended.signal = shortText(signal, 'the signal');
    },

    phase([, id, t, phase]) {
      const begun = image(id).phases;
      if (begun.length >= PHASES.length) malformed(`the process has more than ${PHASES.length} phases`);
      begun.push({ phase: oneOf(phases, phase, 'the phase'), begin: wholeNumber(t, 'the time') });
    },
  };
}
