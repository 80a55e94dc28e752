import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { examplesPython } from './examples.ts';
import { lacks } from './machine.ts';
import { audit } from './pharos.ts';
import { ask, root } from './run.ts';
import { scratch } from './scratch.ts';

describe.skipIf(lacks('an extension from Fortran', 'gfortran', 'python3-config'))('from Fortran', () => {
  test('what examples/fortran/README.md builds is audited, its extension among the imports', () => {
    const folder = scratch('fortran');
    const sources = join(root, 'examples/fortran');
    for (const file of ['vibration.f90', 'guitar.py']) copyFileSync(join(sources, file), join(folder, file));
    const python = examplesPython();
    ask([python, '-m', 'numpy.f2py', '-c', 'vibration.f90', '-m', 'vibration'], { cwd: folder });
    const { report, stdout } = audit(join(folder, 'audited'), [python, join(folder, 'guitar.py')]);
    expect(stdout).toMatch(/^after one period the string is within 0\.0\d+ of where it began\n$/);
    expect(report.icicle.map(({ module }) => module)).toEqual(expect.arrayContaining(['numpy', 'vibration']));
  });
});
