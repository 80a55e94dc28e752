import { shellPath } from '#base';
import { type Artifacts, type Finding, MPI_NAMES, type Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import {
  builtForOneMpi,
  byBringer,
  isMpiItself,
  mpiAbiOf,
  type NativeObject,
  namesInside,
  ofThisMachine,
  rebuildCommand,
} from '../environment-objects.ts';
import { factEvidence, fileEvidence } from '../evidence.ts';
import { normalName } from '../mpi-in-use.ts';
import { nameSome } from '../name-some.ts';
import { verdictOf } from '../verdict-of.ts';

type Environment = Artifacts['environment'];
type Linkage = Artifacts['linkage'];
type Here = NonNullable<Linkage['mpi']>[number];

export const unmetMpi = defineAudit({
  id: 'unmet-mpi',
  category: 'packaging',
  question: 'Is the MPI here that packages were built for?',
  needs: ['environment', 'linkage'],

  answer({ environment, linkage }): Verdict {
    const users = builtForOneMpi(ofThisMachine(environment, linkage));
    if (users.length === 0) return { kind: 'inapplicable', because: 'no package was built for one MPI alone' };
    const missing = missingNames(environment, linkage);
    const findings: Finding[] = [];
    const notes: string[] = [];
    for (const [bringer, objects] of byBringer(environment, users)) {
      const lacking = objects.filter(({ path }) => missing.has(path));
      const [first] = lacking;
      const name = first && missing.get(first.path);
      if (!first || name === undefined) continue;
      const unmet: Unmet = { bringer, name, built: first.mpi, lacking, linkage, environment };
      if ((linkage.mpi ?? []).length === 0 && !placeholderOf(environment))
        notes.push(
          `${bringer} needs ${name}, and no MPI is found by its name here: load the module that it was built with`,
        );
      else findings.push(findingOf(unmet));
    }
    return verdictOf(findings, notes);
  },
});

interface Unmet {
  readonly bringer: string;
  /** The SONAME that is not found. */
  readonly name: string;
  readonly built: NativeObject['mpi'];
  readonly lacking: readonly NativeObject[];
  readonly linkage: Linkage;
  readonly environment: Environment;
}

/** By the path of an object, the MPI library that it needs and that is nowhere. */
function missingNames(environment: Environment, { objects }: Linkage): ReadonlyMap<string, string> {
  const inside = namesInside(environment);
  return new Map(
    objects.flatMap(({ path, links }) => {
      const gone = links.find(({ name, path: found }) => found === undefined && isMpiItself(name) && !inside.has(name));
      return gone ? [[path, gone.name] as const] : [];
    }),
  );
}

/** conda-forge's packages that stand for a site's MPI: https://conda-forge.org/docs/user/tipsandtricks/#using-external-message-passing-interface-mpi-libraries. */
const placeholderOf = ({ conda }: Environment): Environment['conda'][number] | undefined =>
  conda.find(
    ({ name, build }) => /^(?:mpich|openmpi|impi_rt|mvapich)$/.test(normalName(name)) && /^external/.test(build),
  );

function findingOf(unmet: Unmet): Finding {
  const { bringer, name, lacking, linkage, environment } = unmet;
  const looksIn = [...new Set(lacking.flatMap(({ rpath, runpath }) => (runpath ?? rpath ?? '').split(':')))].filter(
    (folder) => folder.startsWith('/'),
  );
  return {
    ...adviceOn(unmet),
    severity: 'warning',
    confidence: 'certain',
    harm: 'crash',
    fixer: 'user',
    check: `pharos why ${shellPath(environment.place)} ${name} names a library`,
    subject: bringer,
    evidence: [
      factEvidence({
        needed: name,
        ...(looksIn.length > 0 ? { 'built to look in': looksIn.join(', ') } : {}),
        ...Object.fromEntries((linkage.mpi ?? []).map(({ path, family }) => [`here: ${path}`, MPI_NAMES[family]])),
      }),
      fileEvidence(
        'cannot be loaded',
        lacking.map(({ path }) => ({ path })),
      ),
    ],
  };
}

function adviceOn(unmet: Unmet): Pick<Finding, 'message' | 'fix'> {
  const { bringer, name, built, linkage, environment } = unmet;
  const placeholder = placeholderOf(environment);
  if (placeholder) {
    return {
      message: `${bringer} needs ${name} of the site's MPI, for which conda's ${placeholder.name} ${placeholder.version} only stands, and it is not found`,
      fix: `Load the module of the site's MPI that has ${name}, where the job runs`,
    };
  }
  const here = linkage.mpi ?? [];
  const kin = here.filter(({ family }) => built !== undefined && mpiAbiOf(family) === built);
  const [one] = kin;
  if (one) return adviceOnKin(unmet, one);
  const families = nameSome([...new Set(here.map(({ family }) => MPI_NAMES[family]))]);
  return {
    message: `${bringer} was built for another MPI: it needs ${name}, and what is here is ${families}`,
    fix: `Load the module that it was built with, or build it again with this MPI: ${rebuildCommand(bringer)}`,
  };
}

/** The same ABI under another name, as Debian's MPICH and Cray's have it; or a version of Open MPI with another ABI. */
function adviceOnKin(unmet: Unmet, { path, name: known, family }: Here): Pick<Finding, 'message' | 'fix'> {
  const { bringer, name } = unmet;
  const message = `${bringer} needs ${name}, and ${MPI_NAMES[family]} is here as ${known}`;
  const isSameAbi = name.endsWith('.so.12') && known.endsWith('.so.12');
  if (!isSameAbi) return { message, fix: `Build it again with this MPI: ${rebuildCommand(bringer)}` };
  if (family === 'cray') {
    return { message, fix: 'Load the module cray-mpich-abi in place of cray-mpich: its libraries have that name' };
  }
  const folder = '"$HOME/mpi-names"';
  return {
    message: `${message}, which has the same ABI`,
    fix: `Give it that name: mkdir -p ${folder} && ln -s ${shellPath(path)} ${folder}/${name} && export LD_LIBRARY_PATH=${folder}\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}`,
  };
}
