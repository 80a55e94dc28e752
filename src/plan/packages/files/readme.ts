import { join, shellWord } from '#base';
import type { PackageDecision, PackagePlan } from '#schema';
import type { Place } from './plan-files.ts';

const code = (...lines: readonly string[]): string[] => ['```sh', ...lines, '```', ''];

/** A sentence of one line: facts of a site are anyone's text. */
const plain = (text: string): string => text.replace(/[`\\*_[\]<>|#]/g, '\\$&');

const FROM: Readonly<Record<PackageDecision['from'], string>> = {
  wheel: 'wheel',
  setting: 'wheel, with a setting',
  rebuild: 'built here',
  module: 'module',
  spack: 'Spack',
  conda: 'conda',
  'leave-out': 'left out',
  impossible: 'not to be had here',
};

/** What the environment has in the end. */
const PRESENT: ReadonlySet<string> = new Set(['wheel', 'setting', 'rebuild']);

/** Those of which there is more to say than that its wheel will do. */
const isSpecial = ({ from, instead, install, source }: PackageDecision): boolean =>
  from !== 'wheel' || instead !== undefined || install.length > 0 || source !== undefined;

function tellDecision({ name, version, from, because, instead, ask }: PackageDecision): string {
  const asked = ask === undefined ? '' : ` Ask for \`${ask.replaceAll('`', '')}\`.`;
  const better = instead === undefined ? '' : ` Ask for \`${instead.replaceAll('`', '')}\` in its place.`;
  return `- **${name}${version === undefined ? '' : ` ${plain(version)}`}**: ${FROM[from]}; ${plain(because)}.${asked}${better}`;
}

function installLines(plan: PackagePlan, { folder, lock, isBuilt }: Place): string[] {
  if (lock === undefined) return [];
  const words = plan.decisions.flatMap(({ install }) => install);
  const variables = [...new Set(words.map(({ name, value }) => `${name}=${shellWord(value)}`))];
  const settings = plan.decisions.some(({ from }) => from === 'rebuild') && !isBuilt;
  const config = settings ? ` --config-file ${shellWord(join(folder, 'uv.toml'))}` : '';
  return [
    'uv venv .venv',
    // By its name: UV_PYTHON goes before an environment that is active.
    [...variables, `uv pip sync --python .venv ${shellWord(join(folder, lock))}${config}`].join(' '),
    '. .venv/bin/activate',
  ];
}

/** How to apply and check a plan, in the folder that it was written into. */
export function writeReadme(mark: string, plan: PackagePlan, place: Place): string {
  const { folder, moduleName } = place;
  const checks = plan.decisions.flatMap(({ from, check }) => (check !== undefined && PRESENT.has(from) ? [check] : []));
  const special = plan.decisions.filter(isSpecial);
  const hasMpi4py = plan.decisions.some(({ name, from }) => name === 'mpi4py' && PRESENT.has(from));
  const start = hasMpi4py && plan.start ? `${plan.start.command} -n 2` : undefined;
  return [
    `# Packages at ${plain(plan.site)}`,
    '',
    `<!-- ${mark} -->`,
    '',
    `Planned for ${plain(plan.partitions.join(', '))}.`,
    '',
    ...special.map(tellDecision),
    ...(special.length > 0 ? [''] : []),
    '## Apply',
    '',
    'In each shell and job script, one of:',
    '',
    ...code(
      `module use ${shellWord(join(folder, 'modulefiles/lmod'))} && module load ${moduleName}  # Lmod`,
      `module use ${shellWord(join(folder, 'modulefiles/tcl'))} && module load ${moduleName}  # Environment Modules`,
      `. ${shellWord(join(folder, 'environment.sh'))}  # no modules`,
    ),
    ...(place.lock === undefined
      ? ['No lock was written.', '']
      : ['Then, once:', '', ...code(...installLines(plan, place))]),
    '## Check',
    '',
    ...(checks.length > 0 || start !== undefined
      ? code(
          ...checks,
          ...(start === undefined
            ? []
            : [`${start} python -c 'from mpi4py import MPI; print(MPI.COMM_WORLD.rank, MPI.COMM_WORLD.size)'`]),
        )
      : ['Nothing of it depends on the site.', '']),
    ...(plan.start
      ? [`Start jobs with \`${plan.start.command.replaceAll('`', '')}\`: ${plain(plan.start.because)}.`, '']
      : []),
    ...plan.notes.map((note) => `- ${plain(note)}`),
    ...(plan.notes.length > 0 ? [''] : []),
  ].join('\n');
}
