import type { Finding, LoadedLibrary, Verdict } from '#schema';
import { defineAudit } from '../audit.ts';
import { bringer, copyEvidence, ofEachProcess, stem } from '../loaded-libraries.ts';
import { nameSome } from '../name-some.ts';

const HIGH_LEVEL = /^libhdf5\w*_hl$/;

/** Packages whose every file goes through the high-level library. */
const USE_HIGH_LEVEL = /^(h5py|netcdf4)(\.libs)?$/i;

export const twinHdf5 = defineAudit({
  id: 'twin-hdf5',
  category: 'packaging',
  question: 'Does each HDF5 library of a process have its own high-level part?',
  needs: ['step', 'loaded'],

  answer({ step, loaded }): Verdict {
    return ofEachProcess({ step, loaded }, (libraries, ranks) => {
      const hdf5 = libraries.filter(({ kind }) => kind === 'hdf5');
      const copies = hdf5.filter(({ path }) => !HIGH_LEVEL.test(stem(path)));
      if (copies.length < 2) return {};
      const highLevel = hdf5.filter(({ path }) => HIGH_LEVEL.test(stem(path)));
      const users = copies.filter((copy) => USE_HIGH_LEVEL.test(copy.owner ?? ''));
      const [one] = highLevel;
      // Copies with names of their own keep apart; what only one of them brings is shared by the others.
      if (highLevel.length === 1 && one && users.length > 1) return { findings: [findingOf(users, one, ranks)] };
      return {
        notes: [
          `${copies.length} HDF5 libraries, from ${nameSome(copies.map(bringer))}: they keep apart; do not open one file in two of them at once`,
        ],
      };
    });
  },
});

function findingOf(copies: readonly LoadedLibrary[], highLevel: LoadedLibrary, ranks: readonly number[]): Finding {
  const packages = copies.map(packageName);
  return {
    message: `${nameSome(packages)} each brought an HDF5, and share one ${stem(highLevel.path)}, which calls into one of the two only: files fail with "NetCDF: HDF error" or "H5DSset_scale"`,
    severity: 'error',
    confidence: 'likely',
    harm: 'crash',
    fixer: 'user',
    fix: `Build them against one HDF5, \`python -m pip install --force-reinstall --no-deps --no-binary ${packages.join(',')} ${packages.join(' ')}\` with the site's HDF5 and netCDF loaded, or take releases that do not share it`,
    check: `the page names one libhdf5, or as many libhdf5_hl as libhdf5`,
    subject: packages.join(' + '),
    evidence: [copyEvidence([...copies, highLevel], ranks)],
  };
}

const packageName = (library: LoadedLibrary) =>
  bringer(library)
    .replace(/\.libs$/, '')
    .toLowerCase();
