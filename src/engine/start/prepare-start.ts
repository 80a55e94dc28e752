import { startAudits } from '#audits';
import { type Failure, failure, type Result, success } from '#base';
import { gatherers } from '#gather';
import type { StartModel } from '#scale';
import type { Recording, Target } from '#schema';
import { type Asked, ask } from '../ask.ts';
import { type Gathered, gatherAll } from '../gathered.ts';
import { makeModel } from './model.ts';
import { type Prescriptions, prescribe } from './prescribe.ts';
import { makeTarget, type Scale } from './target.ts';

/** Recordings of several ranks are of one job when they ran the same thing with the same Python. */
function isSameJob(a: Recording, b: Recording): boolean {
  const name = ({ facts }: Recording) => [facts.command[0]?.script, facts.command[0]?.form, facts.python[0]?.version];
  return JSON.stringify(name(a)) === JSON.stringify(name(b));
}

const asSentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1).replace(/\.$/, '')}.`;

/** Nothing was seen that could be audited; the collector says why. */
function noPython({ facts }: Recording): Failure {
  const missing = facts.missing.find(({ what }) => what === 'job');
  return {
    code: 'engine/no-python',
    message: missing?.because ?? 'no Python process of the job was seen',
    hint: asSentence(missing?.hint ?? 'check that the command starts Python'),
  };
}

const hasJob = ({ processes }: Recording) => [...processes.values()].some(({ role }) => role === 'job');

/** What both the report and the scale table stand on. */
export interface PreparedStart {
  readonly first: Recording;
  readonly gathered: Gathered;
  readonly target: Target;
  readonly made: Result<StartModel>;
  readonly asked: readonly Asked[];
  readonly prescriptions: Prescriptions;
}

/** Gathers, sets the target, makes the model, asks the audits and prescribes. */
export function prepareStart(
  recordings: readonly [Recording, ...Recording[]],
  scale: Scale,
  allowed: ReadonlyMap<string, string>,
): Result<PreparedStart> {
  const [first] = recordings;
  if (!recordings.every((other) => isSameJob(first, other))) {
    return failure({
      code: 'engine/different-jobs',
      message: 'the recordings are of different jobs',
      hint: 'Give the recordings of one job, one for each observed rank; compare two jobs with pharos diff.',
    });
  }
  if (!recordings.some(hasJob)) return failure(noPython(first));
  const { artifacts, failures } = gatherAll(gatherers, recordings);
  const target = makeTarget(first, artifacts, scale);
  const gathered: Gathered = { artifacts: { ...artifacts, target }, failures };
  const made = makeModel(gathered);
  const asked = ask(startAudits, gathered, allowed);
  return success({ first, gathered, target, made, asked, prescriptions: prescribe(asked, gathered) });
}
