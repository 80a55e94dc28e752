import { formatCount, formatSeconds } from '#base';
import type { StartArtifacts } from '#scale';
import type { Access, Cost, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { factEvidence, pathEvidence, tally } from '../evidence.ts';
import { type Place, type SharedStorage, START, sharedStorage, unknownMounts } from '../shared-storage.ts';
import { verdictOf } from '../verdict-of.ts';
import { confidenceOf, NOTEWORTHY_SECONDS, severityOf } from '../weight.ts';
import { condition, scaleText } from '../wording.ts';

export const metadataStorm = defineAudit({
  id: 'metadata-storm',
  category: 'start-up',
  question: 'Do all ranks ask shared storage for the same files at start?',
  needs: START,

  answer(artifacts): Verdict {
    const { accesses } = artifacts;
    if (accesses.accesses.length === 0) {
      return { kind: 'unknown', because: accesses.because ?? 'no file operation of the start was seen' };
    }
    const shared = sharedStorage(artifacts);
    const places = placesOf(accesses.accesses, shared);
    if (places.length === 0) return nothingShared(artifacts);

    const whole = shared.model.saving((access) => isMetadata(access) && shared.isShared(access));
    const severity = severityOf(whole, shared);
    if (!severity) return belowNotice(artifacts, whole);
    const findings = places
      .map((place) => findingFor(place, shared, artifacts))
      .filter(({ cost }) => cost.value >= Math.min(NOTEWORTHY_SECONDS, whole.value / places.length))
      .sort((a, b) => b.cost.value - a.cost.value);
    // Several places, each below what is noticed, may be a storm together: then the dearest stands for it.
    return verdictOf(findings.map((finding, index) => (index === 0 ? { ...finding, severity } : finding)));
  },
});

const isMetadata = ({ operation }: Access) => operation !== 'read' && operation !== 'map';

function placesOf(accesses: readonly Access[], shared: SharedStorage): Place[] {
  const places = new Set<Place>();
  for (const access of accesses) {
    const place = shared.placeOf(access);
    if (place) places.add(place);
  }
  return [...places];
}

function nothingShared(artifacts: StartArtifacts): Verdict {
  const unknown = unknownMounts(artifacts);
  if (unknown.length === 0) return { kind: 'pass', notes: ['nothing that the start read is on shared storage'] };
  return { kind: 'unknown', because: `whether ${unknown.join(', ')} is shared storage is not known` };
}

function belowNotice({ accesses, target }: StartArtifacts, { value }: Cost): Verdict {
  const sentence = `shared storage costs ${formatSeconds(value)} per start on ${scaleText(target)}`;
  if (accesses.coverage === 'complete') return { kind: 'pass', notes: [condition(target) + sentence] };
  const because = accesses.because ?? 'the dynamic loader and C code were not observed';
  return { kind: 'unknown', because: `${because}; by what the import system did, ${sentence}` };
}

function findingFor(
  place: Place,
  shared: SharedStorage,
  { accesses, target }: StartArtifacts,
): Finding & { cost: Cost } {
  const isHere = (access: Access) => isMetadata(access) && shared.placeOf(access) === place;
  const cost = shared.model.saving(isHere);
  const node = shared.model.requests((access) => !isHere(access));
  const here = accesses.accesses.filter((access) => isHere(access) && access.phase !== 'after-start');
  const atLeast = accesses.coverage === 'complete' ? '' : 'at least ';
  const whatItIs = place.class ? `${place.path} (${place.class})` : place.path;
  return {
    message:
      `${condition(target, place.path)}each node sends ${atLeast}${formatCount(node.metadata)} metadata requests for files ` +
      `below ${whatItIs} at start, ${formatCount(node.metadata * target.nodes)} from ${scaleText(target)}`,
    severity: severityOf(cost, shared) ?? 'note',
    confidence: confidenceOf(cost, target),
    harm: 'cost',
    cost,
    fixer: 'user',
    check: 'audit the job again and compare with `pharos diff`: the metadata requests per node must fall',
    subject: place.path,
    evidence: [
      factEvidence({
        'metadata requests per node': formatCount(node.metadata),
        'of these, names looked up': formatCount(node.lookups),
        'names that do not exist': formatCount(node.misses),
        'files opened': formatCount(node.opens),
        'directory reads': formatCount(node.readdirs),
        'operations per rank': formatCount(here.reduce((total, { count }) => total + count, 0)),
      }),
      pathEvidence(
        'folders that are asked most, operations per rank',
        tally(
          here,
          (access) => shared.folderOf(access),
          ({ count }) => count,
        ),
      ),
    ],
  };
}
