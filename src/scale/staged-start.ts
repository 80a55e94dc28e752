import { intervalOf } from './draws.ts';
import { stretch } from './share-out.ts';
import type { Conditions, ModelledStart, StartModel } from './start-model.ts';
import { stagingTime, type transports } from './transports.ts';

/** The start from an image that is brought to each node first: ranks begin when the last node has it. */
export function stagedStart(
  model: StartModel,
  transport: (typeof transports)[number],
  launcher: string,
  conditions: Conditions,
): ModelledStart {
  const { nodes, jobs = 1 } = conditions;
  const staging = stagingTime(transport, model.image(), model.profile, { nodes, jobs, launcher });
  const started = model.afterStaging(conditions);
  const samples = started.samples.map((seconds, index) => seconds + (staging.samples[index] ?? 0));
  const seconds = intervalOf(samples);
  const parts = Object.entries({ ...started.parts, ...staging.parts }) as [keyof ModelledStart['parts'], number][];
  return { samples, seconds, ...stretch(parts, seconds.likely) };
}
