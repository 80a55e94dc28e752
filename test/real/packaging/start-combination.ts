import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Cluster, launch } from '../worlds.ts';
import { type Combination, pythons } from './mpi-combinations.ts';

/** Each rank writes what it is, and stays until all have: a launcher ends all when one is gone. */
const SAY = `
import os, sys, time, uuid
place, ranks = sys.argv[1], int(sys.argv[2])
name = os.path.join(place, uuid.uuid4().hex)
open(name + ".began", "w").close()
try:
    from mpi4py import MPI
    said = "%d %d" % (MPI.COMM_WORLD.rank, MPI.COMM_WORLD.size)
    symbol = "MPI_Init"
    import ctypes
    class Info(ctypes.Structure):
        _fields_ = [("file", ctypes.c_char_p), ("base", ctypes.c_void_p), ("name", ctypes.c_char_p), ("at", ctypes.c_void_p)]
    info = Info()
    ctypes.CDLL(None).dladdr(ctypes.cast(ctypes.CDLL(MPI.__file__).MPI_Init, ctypes.c_void_p), ctypes.byref(info))
    said += " " + os.path.realpath(os.fsdecode(info.file))
except (ImportError, RuntimeError) as problem:
    said = "no MPI: %s" % problem
with open(name + ".part", "w") as out:
    out.write(said)
os.rename(name + ".part", name)
end = time.time() + 5
while time.time() < end and len([entry for entry in os.listdir(place) if "." not in entry]) < ranks:
    time.sleep(0.05)
os._exit(0)
`;

const RANKS = 2;

export function startCombination(cluster: Cluster, number: number, { launcher, python, sets }: Combination) {
  const place = join(cluster.shared, `clash-${number}`);
  const script = join(cluster.shared, 'clash.py');
  mkdirSync(place);
  writeFileSync(script, SAY);
  const set = Object.entries(sets?.() ?? {});
  // What the launcher adds stands before: only what is not there yet is set in the rank.
  const words = set.map(([name, value]) =>
    name === 'LD_LIBRARY_PATH' ? `${name}="\${${name}:+$${name}:}${value}"` : `${name}='${value}'`,
  );
  const command = ['sh', '-c', `${words.join(' ')} exec "$@"`, 'sh', pythons[python](), script, place, String(RANKS)];
  const ran = launch(cluster, launcher, RANKS, command);
  const files = readdirSync(place);
  if (files.length === 0) throw new Error(`no rank began:\n${ran.stderr}`);
  const said = files.filter((name) => !name.includes('.')).map((name) => readFileSync(join(place, name), 'utf8'));
  return ran.status === TIME_OUT ? { world: 'goes on for ever', library: '' } : worldOf(said);
}

/** What timeout(1) ends with. */
const TIME_OUT = 124;

function worldOf(said: readonly string[]): { world: string; library: string } {
  const parts = said.map((line) => /^(\d+ \d+) (.*)$/.exec(line));
  const library = parts[0]?.[2] ?? '';
  const numbers = parts
    .map((part) => part?.[1] ?? '')
    .toSorted()
    .join();
  if (said.length === 0) return { world: 'ends', library };
  if (said.every((line) => line.startsWith('no MPI'))) return { world: 'no MPI', library };
  if (numbers === '0 2,1 2') return { world: 'one world', library };
  return { world: numbers === '0 1,0 1' ? 'singletons' : `something else: ${said.join('; ')}`, library };
}
