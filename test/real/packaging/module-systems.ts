import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { madeOnce } from '../made-once.ts';
import { ask, root, run } from '../run.ts';
import { families } from './debian-site.ts';

// Lmod as Debian installs it, and Environment Modules, which Debian does not install beside it, out of its package.

const LMOD = '/usr/share/lmod/lmod/libexec/lmod';

const made = madeOnce(import.meta.dirname, 'module-systems.ts', join(root, 'build/packaging'));

const environmentModules = (): string => {
  const folder = made('environment-modules', (place) => {
    ask(['apt-get', '-q', 'download', 'environment-modules'], { cwd: place });
    ask(['sh', '-c', 'dpkg -x environment-modules_*.deb .'], { cwd: place });
  });
  return join(folder, 'usr/lib/x86_64-linux-gnu/modulecmd.tcl');
};

/** Modules of the site, for an MPI each: they only tell that they were loaded. */
function siteModules(folder: string): string {
  const place = join(folder, 'site-modules');
  for (const family of families) {
    mkdirSync(join(place, `trial-${family}`), { recursive: true });
    writeFileSync(join(place, `trial-${family}/1`), `#%Module1.0\nsetenv TRIAL_MPI ${family}\n`);
  }
  return place;
}

export const moduleSystems = {
  Lmod: { kind: 'lmod', program: () => LMOD },
  'Environment Modules': { kind: 'tcl', program: () => `tclsh ${environmentModules()}` },
} as const;
export type ModuleSystem = keyof typeof moduleSystems;

/** What a shell evaluates to load the module of a plan. */
export function loading(system: ModuleSystem, scratch: string, plan: string, name: string): string {
  const { kind, program } = moduleSystems[system];
  const path = `${siteModules(scratch)}:${join(plan, 'modulefiles', kind)}`;
  return `export MODULEPATH='${path}'; eval "$(${program()} bash load '${name}')"`;
}

export function lacksModules(): string[] {
  const isThere = run(['apt-cache', 'show', 'environment-modules']).status === 0;
  return [...(existsSync(LMOD) ? [] : [LMOD]), ...(isThere ? [] : ["Debian's package environment-modules"])];
}
