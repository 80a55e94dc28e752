import { intervalOf } from './draws.ts';
import type { MappedFile } from './mapped-files.ts';
import { stretch } from './share-out.ts';
import type { Conditions, ModelledStart, StartModel } from './start-model.ts';
import { stagingTime, transports } from './transports.ts';

type Transport = (typeof transports)[number];
type Image = ReturnType<StartModel['image']>;

/** The start from an image that is brought to each node first: ranks begin when the last node has it. By default the image of what the model saw used. `mapped` was left out of it. */
export function stagedStart(
  model: StartModel,
  transport: Transport,
  launcher: string,
  conditions: Conditions,
  image: Image = model.image(),
  mapped: readonly MappedFile[] = [],
): ModelledStart {
  const { nodes, jobs = 1 } = conditions;
  const staging = stagingTime(transport, image, model.profile, { nodes, jobs, launcher });
  const started = model.afterStaging(conditions, mapped);
  const samples = started.samples.map((seconds, index) => seconds + (staging.samples[index] ?? 0));
  const seconds = intervalOf(samples);
  const parts = Object.entries({ ...started.parts, ...staging.parts }) as [keyof ModelledStart['parts'], number][];
  return { samples, seconds, ...stretch(parts, seconds.likely) };
}

export interface ChosenTransport {
  readonly transport: Transport;
  readonly start: ModelledStart;
}

/** Moves an archive, as an image is: the others copy file by file. */
const ARCHIVES: readonly string[] = ['sbcast', 'flux-archive', 'archive-per-node'];

/** The transport that is likely the fastest at this size, of those that bring an archive and surely are there: they need nothing, or come with the launcher. */
export function chooseTransport(
  model: StartModel,
  launcher: string,
  conditions: Conditions,
  image: Image = model.image(),
  mapped: readonly MappedFile[] = [],
): ChosenTransport | undefined {
  const there = transports.filter(
    ({ id, needs, comesWith }) => ARCHIVES.includes(id) && (needs.length === 0 || comesWith.includes(launcher)),
  );
  const starts = there.map((transport) => ({
    transport,
    start: stagedStart(model, transport, launcher, conditions, image, mapped),
  }));
  return starts.sort((a, b) => a.start.seconds.likely - b.start.seconds.likely)[0];
}
