import { failure, join, type Result, shellWord, success } from '#base';
import type { PackagePlan } from '#schema';
import { writeLuaModulefile, writeTclModulefile } from './modulefiles.ts';
import { writeReadme } from './readme.ts';
import { writeSpackExternals } from './spack-externals.ts';
import { type Surroundings, surroundingsOf } from './surroundings.ts';
import { writeUvSettings } from './uv-settings.ts';

/** By what the files of a plan are known, near their beginning: only such are written over. */
export const PLAN_MARK = 'Written by pharos plan packages.';

/** Where a plan is written, and what else is there. */
export interface Place {
  /** Absolute. */
  readonly folder: string;
  readonly moduleName: string;
  /** The name of the lock; absent where none was written. */
  readonly lock?: string;
  /** Whether the lock has wheels that were built here. */
  readonly isBuilt: boolean;
}

export interface PlannedFile {
  /** Below the folder. */
  readonly path: string;
  readonly text: string;
}

/** A site's name as a part of a file's name, without dots: PEP 751 has it so for locks. */
export const siteStem = (site: string): string =>
  site
    .replace(/[^A-Za-z0-9_-]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60) || 'site';

export const lockName = (site: string): string => `pylock.${siteStem(site)}.toml`;

function writeShell({ modules, set, libraryFolders }: Surroundings): string {
  const folders = libraryFolders.join(':');
  return [
    `# ${PLAN_MARK}`,
    ...(modules.length > 0 ? [`module load ${modules.map(shellWord).join(' ')}`] : []),
    ...set.map(({ name, value }) => `export ${name}=${shellWord(value)}`),
    ...(folders === '' ? [] : [`export LD_LIBRARY_PATH=${shellWord(folders)}"\${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"`]),
    '',
  ].join('\n');
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const CONTROL = /[\x00-\x1f\x7f\u2028\u2029]/;

/** Texts that would end a line in a file that shells and modules run. */
function findControl(value: unknown): string | undefined {
  if (typeof value === 'string') return CONTROL.test(value) ? value : undefined;
  if (typeof value !== 'object' || value === null) return undefined;
  for (const one of Object.values(value)) {
    const found = findControl(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The files that do what a plan says. */
export function planFiles(plan: PackagePlan, place: Place): Result<readonly PlannedFile[]> {
  const odd = findControl(plan);
  if (odd !== undefined) {
    return failure({
      code: 'plan/control-character',
      message: `the plan has a control character in ${JSON.stringify(odd.slice(0, 200))}`,
      hint: 'Mend the site file: no path or name of a machine has such a character.',
    });
  }
  const { folder, moduleName, isBuilt } = place;
  const around = surroundingsOf(plan, join(folder, 'lib'));
  const about = `Python packages at ${plan.site}, planned by Pharos`;
  const marked = (text: string) => (text === '' ? '' : `# ${PLAN_MARK}\n${text}`);
  const files: PlannedFile[] = [
    { path: 'plan.json', text: `${JSON.stringify(plan, undefined, 2)}\n` },
    { path: 'uv.toml', text: marked(writeUvSettings(plan, { table: '', isBuilt })) },
    { path: 'pyproject-part.toml', text: marked(writeUvSettings(plan, { table: 'tool.uv', isBuilt: false })) },
    { path: 'packages.yaml', text: marked(writeSpackExternals(plan)) },
    { path: `modulefiles/lmod/${moduleName}.lua`, text: writeLuaModulefile(PLAN_MARK, about, around) },
    { path: `modulefiles/tcl/${moduleName}`, text: writeTclModulefile(PLAN_MARK, about, around) },
    { path: 'environment.sh', text: writeShell(around) },
    { path: 'README.md', text: writeReadme(PLAN_MARK, plan, place) },
  ];
  return success(files.filter(({ text }) => text !== ''));
}
