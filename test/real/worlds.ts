import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { startCluster } from './cluster.ts';
import { doctorLine, listNodeFiles, stepReport, verdictOf } from './doctor.ts';
import { kits, launchers } from './mpi-kits.ts';
import type { Ran } from './run.ts';

export type Cluster = ReturnType<typeof startCluster>;

/** What became of a launched program, in the words of the page of launchers. */
export type World = 'one job' | 'alone' | 'ends' | 'mixed up';

/** Each rank writes a file of its own, and stays until all have written theirs: a launcher ends all when one is gone. */
const SAY = `
import os, sys, time, uuid
place, ranks = sys.argv[1], int(sys.argv[2])
name = os.path.join(place, uuid.uuid4().hex)
open(name + ".began", "w").close()
from mpi4py import MPI
with open(name, "w") as out:
    out.write("%d %d" % (MPI.COMM_WORLD.rank, MPI.COMM_WORLD.size))
end = time.time() + 5
while time.time() < end and len([entry for entry in os.listdir(place) if "." not in entry]) < ranks:
    time.sleep(0.05)
os._exit(0)
`;

/** A command under a launcher of the page, where it is typed. */
export function launch(cluster: Cluster, launcher: string, ranks: number, command: readonly string[]): Ran {
  const how = launchers[launcher];
  if (!how) throw new Error(`there is no launcher called ${launcher}`);
  // A launcher may wait for ever for ranks that another one has not told of it.
  const words = ['timeout', '--kill-after=5', '60', ...how.launch(ranks), ...command];
  return how.on === 'login' ? cluster.login(words) : cluster.node(how.on, words);
}

export function kit(name: string): readonly string[] {
  const make = kits[name];
  if (!make) throw new Error(`there is no MPI called ${name}`);
  return make();
}

/** Starts MPI, and says what the ranks found themselves to be. */
export function startMpi(cluster: Cluster, launcher: string, library: string, ranks: number): World {
  const place = join(cluster.shared, `world-${launcher}-${library}`.replace(/\W+/g, '-'));
  mkdirSync(place);
  const script = join(cluster.shared, 'say.py');
  writeFileSync(script, SAY);
  const ran = launch(cluster, launcher, ranks, [...kit(library), script, place, String(ranks)]);
  const files = readdirSync(place);
  if (files.length === 0) throw new Error(`no rank began:\n${ran.stderr}`);
  return worldOf(
    files.filter((name) => !name.endsWith('.began')).map((name) => readFileSync(join(place, name), 'utf8')),
    ranks,
  );
}

function worldOf(said: readonly string[], ranks: number): World {
  if (said.length === 0) return 'ends';
  const whole = Array.from({ length: ranks }, (_, rank) => `${rank} ${ranks}`);
  if (said.toSorted().join() === whole.toSorted().join()) return 'one job';
  return said.length === ranks && said.every((line) => line === '0 1') ? 'alone' : 'mixed up';
}

/** What the doctor says will become of it, from a look at ranks that import nothing; none where it does not know. */
export function predict(cluster: Cluster, launcher: string, library: string, ranks: number): readonly World[] {
  const stem = join(cluster.shared, `before-${launcher}-${library}`.replace(/\W+/g, '-'));
  const ran = launch(cluster, launcher, ranks, doctorLine(stem, [...kit(library), '-c', 'pass']));
  const files = listNodeFiles(stem);
  if (files.length === 0) throw new Error(`the doctor wrote nothing:\n${ran.stderr}`);
  const verdict = verdictOf(stepReport(files), 'foreign-mpi');
  if (verdict.kind === 'pass') return ['one job'];
  if (verdict.kind === 'fail') return worldsOf(verdict.findings[0].message);
  if (verdict.kind === 'unknown') return [];
  throw new Error(`it does not apply: ${verdict.because}`);
}

function worldsOf(message: string): World[] {
  const worlds: World[] = [];
  if (message.includes('each rank 0 of 1')) worlds.push('alone');
  if (message.includes('end in MPI_Init')) worlds.push('ends');
  if (message.includes('several with the same number')) worlds.push('mixed up');
  return worlds;
}
