import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Result } from '#base';
import { readLuaModulefile, readTclModulefile } from './index.ts';

function valueIn<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(result.failure.message);
  return result.value;
}

const lua = (text: string) => valueIn(readLuaModulefile(text));
const tcl = (text: string) => valueIn(readTclModulefile(`#%Module\n${text}`));

describe('Lua', () => {
  test('is understood where it has literal texts', () => {
    const text = `help([[
Open MPI: setenv("NOT", "this")
]])
whatis("Version: 5.0") -- setenv("NOR", "this")
--[==[ setenv("NOR", "that") ]==]
setenv("MPI_HOME", "/apps/openmpi/5.0"); pushenv('CC', 'mpicc')
prepend_path("LD_LIBRARY_PATH", "/apps/openmpi/5.0/lib")
append_path { }
append_path("MANPATH", [[/apps/man]], ":")
depends_on("gcc/13", "ucx")
load "cuda/13"
unsetenv("OMPI_OLD") family("mpi")`;
    expect(lua(text)).toEqual({
      statements: [
        { line: 6, kind: 'set', name: 'MPI_HOME', value: '/apps/openmpi/5.0' },
        { line: 6, kind: 'set', name: 'CC', value: 'mpicc' },
        { line: 7, kind: 'prepend', name: 'LD_LIBRARY_PATH', value: '/apps/openmpi/5.0/lib' },
        { line: 9, kind: 'append', name: 'MANPATH', value: '/apps/man' },
        { line: 10, kind: 'depends-on', name: 'gcc/13' },
        { line: 10, kind: 'depends-on', name: 'ucx' },
        { line: 11, kind: 'load', name: 'cuda/13' },
        { line: 12, kind: 'unset', name: 'OMPI_OLD' },
        { line: 12, kind: 'family', name: 'mpi' },
      ],
      notUnderstood: [8],
    });
  });

  test('of what it does only sometimes, nothing is said but where it begins', () => {
    const text = `local base = "/apps"
setenv("A", base .. "/x")
if mode() == "load" then
  for _, name in ipairs({"x"}) do
    setenv("B", "1")
  end
  while false do setenv("C", "1") end
end
local function f()
  repeat setenv("D", "1") until true
end
do
  setenv("E", "1")
end
setenv("F", "a\\n")
setenv("G", "b" .. "c")
setenv("H", "i")
("x"):upper()
prepend_path("P", "/p", ";")
setenv("Z", "last")`;
    expect(lua(text)).toEqual({
      statements: [{ line: 20, kind: 'set', name: 'Z', value: 'last' }],
      notUnderstood: [1, 2, 3, 9, 12, 15, 16, 17, 18, 19],
    });
  });

  test('of white space only that of ASCII is between words', () => {
    expect(tcl('setenv\fA\vb\nsetenv B \u00a0\nsetenv C x\u2028y')).toEqual({
      statements: [
        { line: 2, kind: 'set', name: 'A', value: 'b' },
        { line: 3, kind: 'set', name: 'B', value: '\u00a0' },
        { line: 4, kind: 'set', name: 'C', value: 'x\u2028y' },
      ],
      notUnderstood: [],
    });
  });

  test('that does not end says nothing', () => {
    expect(lua('if x then\nsetenv("A", "b")').statements).toEqual([]);
    expect(lua('--[[\nsetenv("A", "b")').statements).toEqual([]);
    expect(lua('setenv("A", "b').statements).toEqual([]);
  });
});

describe('Tcl', () => {
  test('is understood where it has literal words', () => {
    const text = `## a comment \\
setenv NOT this
proc ModulesHelp { } {
    puts stderr "setenv NOR this"
}
module-whatis "An \\"MPI\\"; of ours"
module-whatis {Open MPI}
set version 5.0
set prefix /apps/openmpi/$version
setenv MPI_HOME {/apps/with blank}; setenv CC mpicc
prepend-path -d : PATH \\
    "/apps/openmpi/bin"
append-path --delim=: MANPATH /apps/man
module load gcc/13 ucx
prereq cuda
conflict mpich intelmpi`;
    expect(tcl(text)).toEqual({
      statements: [
        { line: 11, kind: 'set', name: 'MPI_HOME', value: '/apps/with blank' },
        { line: 11, kind: 'set', name: 'CC', value: 'mpicc' },
        { line: 12, kind: 'prepend', name: 'PATH', value: '/apps/openmpi/bin' },
        { line: 14, kind: 'append', name: 'MANPATH', value: '/apps/man' },
        { line: 15, kind: 'load', name: 'gcc/13' },
        { line: 15, kind: 'load', name: 'ucx' },
        { line: 16, kind: 'depends-on', name: 'cuda' },
        { line: 17, kind: 'conflict', name: 'mpich' },
        { line: 17, kind: 'conflict', name: 'intelmpi' },
      ],
      // A backslash stands for something else.
      notUnderstood: [7],
    });
  });

  test('of what it does only sometimes, nothing is said but where it begins', () => {
    const text = `setenv A $prefix/x
if { [module-info mode load] } {
    setenv B 1
} else {
    setenv C 1
}
set x [list
setenv D 1
]
setenv E [exec hostname]
prepend-path -d ";" F /x
prereq a b
set env(PATH) /x
setenv Y "a"b
setenv Z last`;
    expect(tcl(text)).toEqual({
      statements: [{ line: 16, kind: 'set', name: 'Z', value: 'last' }],
      notUnderstood: [2, 3, 8, 11, 12, 13, 14, 15],
    });
  });

  test('that does not end says nothing, and one without its first line is none', () => {
    expect(tcl('if { x } {\nsetenv A b').statements).toEqual([]);
    expect(tcl('puts "\nsetenv A b').statements).toEqual([]);
    expect(readTclModulefile('setenv A b').ok).toBe(false);
  });
});

test('nothing is thrown for any text, and it ends', () => {
  const pieces = fc.constantFrom(
    ...['setenv', '("A", "b")', ' A b', '{', '}', '[', ']', '"', "'", '\\', '\n', ';', '#', '--', '[[', ']]', '[=['],
    ...['if', 'end', 'do', 'for', 'proc ModulesHelp', 'set x 1', ' ', '$', '(', ')', ',', '\r', 'x', '1', '..'],
  );
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(pieces, { maxLength: 60 }).map((all) => all.join('')),
  );
  fc.assert(
    fc.property(text, (any) => {
      readLuaModulefile(any);
      readTclModulefile(`#%Module${any}`);
    }),
    { numRuns: 500 },
  );
  for (const one of ['"', "'", '[', '{', '\\', '[[', '"\\', 'if ', '#\\\n', 'a"']) {
    const many = one.repeat(100_000 / one.length);
    const before = performance.now();
    readLuaModulefile(many);
    readTclModulefile(`#%Module\n${many}`);
    expect(performance.now() - before, one).toBeLessThan(3000);
  }
});
