import { formatCountOf, sum } from '#base';
import type { Artifacts, Finding, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { factEvidence } from '../evidence.ts';
import { importTree } from '../import-tree.ts';
import { verdictOf } from '../verdict-of.ts';
import { scaleText } from '../wording.ts';

type Activity = Artifacts['activities']['activities'][number];

/** Sockets that never leave the node, and those for datagrams, whose connect sends nothing. */
const LOCAL = /\b(unix|local|localhost|loopback|netlink|datagram|127\.\d+\.\d+\.\d+|::1)\b/i;

export const networkAtImport = defineAudit({
  id: 'network-at-import',
  category: 'start-up',
  question: 'Does an import talk to the network?',
  needs: ['activities', 'imports', 'target'],

  answer(artifacts): Verdict {
    const connects = artifacts.activities.activities.filter(
      ({ kind, inStart, module, detail }) =>
        kind === 'connect' && inStart && module !== '' && module !== '__main__' && !LOCAL.test(detail ?? ''),
    );
    const modules = Map.groupBy(connects, ({ module }) => module);
    return verdictOf([...modules].map(([module, made]) => findingFor(module, made, artifacts)));
  },
});

function findingFor(
  module: string,
  connects: readonly Activity[],
  { imports, target }: Pick<Artifacts, 'imports' | 'target'>,
): Finding {
  const tree = importTree(imports);
  const node = tree.nodes.find((one) => one.module === module);
  const count = sum(connects, (connect) => connect.count);
  return {
    message:
      `${module} reaches for the network ${formatCountOf(count, 'time')} while it is imported, on each rank of ` +
      `${scaleText(target)}: where compute nodes have no way out, every rank waits for it to give up`,
    severity: 'warning',
    confidence: 'likely',
    harm: 'hang',
    fixer: 'package',
    check: 'audit the job again: the import opens no connection and looks up no name',
    subject: module,
    evidence: [
      factEvidence({
        'what it did': [...new Set(connects.map(({ detail }) => detail ?? 'connect'))].slice(0, 10).join(', '),
        'asked for by': node ? tree.pulledInBy(node).join(' > ') : 'not seen',
      }),
    ],
  };
}
