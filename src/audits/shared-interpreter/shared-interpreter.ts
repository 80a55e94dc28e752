import { formatCount, sum } from '#base';
import { type Access, type Artifacts, type Finding, isWithin, type Python, type Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { factEvidence, pathEvidence, tally } from '../evidence.ts';
import { type Place, type SharedStorage, START, sharedStorage, unknownMounts } from '../shared-storage.ts';
import { verdictOf } from '../verdict-of.ts';
import { confidenceOf, severityOf } from '../weight.ts';
import { costAtScale } from '../wording.ts';

export const sharedInterpreter = defineAudit({
  id: 'shared-interpreter',
  category: 'start-up',
  question: 'Does the interpreter, or its standard library, lie on shared storage?',
  needs: [...START, 'python'],

  answer(artifacts): Verdict {
    const { python, accesses } = artifacts;
    if (accesses.accesses.length === 0) {
      return { kind: 'unknown', because: accesses.because ?? 'no file operation of the start was seen' };
    }
    const shared = sharedStorage(artifacts);
    const concerns = (access: Access) => access.phase === 'start' && isInterpreter(shared.textOf(access), python);
    const here = accesses.accesses.filter((access) => concerns(access) && shared.isShared(access));
    const [first] = here;
    const place = first && shared.placeOf(first);
    if (place) return verdictFor(here, place, shared, artifacts);

    const unknown = unknownMounts(artifacts, concerns);
    if (unknown.length === 0) return { kind: 'pass' };
    return { kind: 'unknown', because: `whether ${unknown.join(', ')} is shared storage is not known` };
  },
});

/** The executable, libpython and the standard library; packages installed below it are another matter, and so is a virtual environment's link to the executable. */
function isInterpreter(path: string, { stdlib, basePrefix }: Python): boolean {
  if (isWithin(path, stdlib)) return !/\/(site|dist)-packages(\/|$)/.test(path);
  return isWithin(path, basePrefix) && /\/(bin\/python[\d.]*t?|libpython[\d.]+t?\.so[\d.]*|python\d+\.zip)$/.test(path);
}

function verdictFor(
  here: readonly Access[],
  place: Place,
  shared: SharedStorage,
  { python, target }: Pick<Artifacts, 'python' | 'target'>,
): Verdict {
  const cost = shared.model.saving((access) => shared.isShared(access) && isInterpreter(shared.textOf(access), python));
  const where = place.class ? `${place.path} (${place.class})` : place.path;
  const operations = sum(here, ({ count }) => count);
  const stands =
    target.applies === 'as-if'
      ? `if ${where} were on shared storage, so would be the standard library ${python.stdlib}`
      : `the standard library ${python.stdlib} is on ${where}`;
  const message = `${stands}, and each rank asks it ${formatCount(operations)} times at start; ${costAtScale(cost, target)}`;
  const severity = severityOf(cost, shared);
  if (!severity) return { kind: 'pass', notes: [message] };
  const finding: Finding = {
    message,
    severity,
    confidence: confidenceOf(cost, target),
    harm: 'cost',
    cost,
    // A home folder or a project's is the user's own; elsewhere somebody installed it for all.
    fixer: python.stdlib.startsWith('~') ? 'user' : 'site',
    check: '`python -c "import os; print(os.__file__)"` names a folder on node-local storage, or in an image',
    subject: python.stdlib,
    evidence: [
      factEvidence({
        interpreter: python.executable,
        'base prefix': python.basePrefix,
        'standard library': python.stdlib,
        storage: where,
      }),
      pathEvidence(
        'operations per rank, by folder',
        tally(
          here,
          (access) => shared.folderOf(access),
          ({ count }) => count,
        ),
      ),
    ],
  };
  return verdictOf([finding]);
}
