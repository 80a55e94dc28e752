import { formatCountOf } from '#base';
import { isDriverTooOld, oldestDriverFor } from '#knowledge';
import type { Artifacts, Finding, LoadedLibrary, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { factEvidence } from '../evidence.ts';
import { copyEvidence, copyText, cudaMajor, ofEachProcess } from '../loaded-libraries.ts';
import { nameSome } from '../name-some.ts';

type NodeGroup = Artifacts['hosts']['groups'][number];

export const oldCudaDriver = defineAudit({
  id: 'old-cuda-driver',
  category: 'packaging',
  question: 'Is the driver of each node new enough for the CUDA that is loaded?',
  needs: ['step', 'loaded', 'hosts', 'interpreters'],

  answer({ step, loaded, hosts, interpreters }): Verdict {
    const withDriver = hosts.groups.filter(({ value }) => value.drivers.nvidia !== undefined);
    if (withDriver.length === 0) return { kind: 'inapplicable', because: 'no node has an NVIDIA driver' };
    const compatible = interpreters.environment.some(({ value }) => hasCompatibility(value.searchPaths));
    return ofEachProcess({ step, loaded }, (libraries, ranks) => {
      const runtimes = libraries.filter(({ kind }) => kind === 'cuda-runtime');
      const driver = libraries.find(({ kind }) => kind === 'cuda-driver');
      // Forward compatibility: a newer libcuda from a folder `compat` stands in for the driver's own.
      if (compatible || (driver && isCompatibility(driver.path))) return {};
      const findings = runtimes.flatMap((runtime) => findingFor(runtime, withDriver, ranks));
      return { findings };
    });
  },
});

const isCompatibility = (path: string) => /(^|\/)(compat|cuda-compat[^/]*)(\/|$)/.test(path);

const hasCompatibility = ({ LD_LIBRARY_PATH = [], LD_PRELOAD = [] }: Record<string, string[]>) =>
  [...LD_LIBRARY_PATH, ...LD_PRELOAD].some(isCompatibility);

function findingFor(runtime: LoadedLibrary, groups: readonly NodeGroup[], ranks: readonly number[]): Finding[] {
  const major = cudaMajor(runtime);
  if (major === undefined) return [];
  const old = groups.filter(({ value }) => isDriverTooOld(value.drivers.nvidia ?? '', major));
  const [first] = old;
  if (!first) return [];
  const nodes = old.flatMap((group) => group.nodes);
  const driver = first.value.drivers.nvidia ?? '';
  return [
    {
      message: `${copyText(runtime)} needs an NVIDIA driver of ${oldestDriverFor(major)} or later, and ${formatCountOf(nodes.length, 'node')} (${nameSome(nodes)}) ${nodes.length === 1 ? 'has' : 'have'} ${driver}: no GPU will be usable there`,
      severity: 'error',
      confidence: 'likely',
      harm: 'crash',
      fixer: 'user',
      fix: `Install the package built for an older CUDA: \`python -m pip install --force-reinstall PACKAGE --index-url https://download.pytorch.org/whl/cu12X\` for PyTorch, \`cupy-cuda12x\` for CuPy; or load the site's cuda-compat module`,
      check:
        '`python -c "import torch; print(torch.cuda.is_available())"` prints True on that node, or the like of the package',
      subject: `CUDA ${major}`,
      evidence: [
        factEvidence({ 'oldest driver that runs it': oldestDriverFor(major) ?? '', 'driver there': driver }),
        copyEvidence([runtime], ranks),
      ],
    },
  ];
}
