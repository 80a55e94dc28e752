import { type ImportSpan, type Microseconds, type ProcessImage, pathText, type Recording } from '#schema';

/** A rank, or a Python that no launcher numbered; with all that it started. */
export interface Family {
  /** Id of the image at the top, the first Python of its line. */
  readonly top: number;
  readonly rank?: number;
  /** Ids of its Pythons: what a program of Python's and not a fork began. */
  readonly pythons: readonly number[];
}

/** Where an image of the trace belongs. */
export interface Kin {
  readonly top: number;
  /** The nearest Python, itself or above. */
  readonly python: number;
}

export interface Families {
  readonly all: readonly Family[];
  /** Undefined for what no Python of the job started: a shell, a launcher, the staging itself. */
  of(image: number): Kin | undefined;
}

const PYTHON = /\/python\d*(\.\d+)?t?$/;
const LAUNCH = /\/launch$/;

/** The image that ran a program of its own before: the nearest one above that no fork began. */
function programAbove({ parent }: ProcessImage, processes: Recording['processes']): ProcessImage | undefined {
  let above = processes.get(parent);
  while (above?.how === 'fork') above = processes.get(above.parent);
  return above;
}

/**
 * Which images are Pythons: those that the probe got into, and interpreters that it could not get into. One that `launch`
 * asks for help while it stages is none of the job's; the job's own takes the place of `launch`, or of a fork of another.
 */
function pythonTest({ processes, paths }: Recording): (image: ProcessImage) => boolean {
  const program = (image: ProcessImage | undefined) => (image ? pathText(paths, image.program) : '');
  return (image) => {
    if (image.phases.length > 0) return true;
    if (image.how !== 'exec' || !PYTHON.test(program(image))) return false;
    const isForked = processes.get(image.parent)?.how === 'fork';
    return !(isForked && LAUNCH.test(program(programAbove(image, processes))));
  };
}

/** The families of a traced run: images are written before those that they start. */
export function familiesOf(recording: Recording): Families {
  const isPython = pythonTest(recording);
  const kin = new Map<number, Kin>();
  const families = new Map<number, { top: number; rank?: number; pythons: number[] }>();
  for (const image of recording.processes.values()) {
    if (image.source !== 'trace') continue;
    const above = kin.get(image.parent);
    if (isPython(image)) {
      const top = above?.top ?? image.id;
      kin.set(image.id, { top, python: image.id });
      const family = families.get(top);
      if (family) family.pythons.push(image.id);
      else families.set(top, { top, pythons: [image.id], ...(image.rank === undefined ? {} : { rank: image.rank }) });
    } else if (above) kin.set(image.id, above);
  }
  const all = [...families.values()].sort((a, b) => (a.rank ?? 0) - (b.rank ?? 0) || a.top - b.top);
  return { all, of: (image) => kin.get(image) };
}

const isOfStart = ({ level }: ImportSpan) => level === 'main' || level === 'site';

/**
 * When the start of each Python ended: at the marker `pharos.ready`, else with the last import of its script's module
 * level, else with the first line of the script. One that never came there is in its start until its end; of one that
 * the probe did not get into, no start is known.
 */
export function endsOfStart({ processes, imports }: Recording): (python: number) => Microseconds {
  const lastImport = new Map<number, Microseconds>();
  for (const span of imports) {
    if (!isOfStart(span)) continue;
    const end = span.end ?? Number.POSITIVE_INFINITY;
    lastImport.set(span.process, Math.max(end, lastImport.get(span.process) ?? 0));
  }
  const known = new Map<number, Microseconds>();
  for (const { id, phases } of processes.values()) {
    if (phases.length === 0) continue;
    const begins = (name: string) => phases.find(({ phase }) => phase === name)?.begin;
    const main = begins('main');
    const imported = lastImport.get(id);
    known.set(id, begins('ready') ?? (main === undefined ? Number.POSITIVE_INFINITY : Math.max(main, imported ?? 0)));
  }
  return (python) => known.get(python) ?? 0;
}
