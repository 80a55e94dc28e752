import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { clusterNeeds, startCluster } from '../cluster.ts';
import { systemPython } from '../examples.ts';
import { lacks } from '../machine.ts';
import { makeFolder } from '../make-folder.ts';
import { run } from '../run.ts';
import { scratch } from '../scratch.ts';
import { packTiny, type TinyImage } from './tiny-image.ts';

// All nodes of an allocation at once: on a real Slurm; for others, by stand-ins that take the options of the real ones.

const own = `pharos-${process.getuid?.() ?? 0}`;
const lines = (text: string) => text.trim().split('\n').sort();

describe.skipIf(lacks('staging on a cluster', ...clusterNeeds))('on a cluster', () => {
  let cluster: ReturnType<typeof startCluster>;
  let tiny: TinyImage;
  beforeAll(() => {
    cluster = startCluster({ nodes: 3, processors: 4 });
    mkdirSync(join(cluster.shared, 'job'));
    tiny = packTiny(join(cluster.shared, 'job'));
  });
  afterAll(() => cluster?.down());

  function batch(name: string, script: string) {
    const path = join(tiny.project, `${name}.sh`);
    writeFileSync(path, `#!/bin/sh\n${script}\n`);
    const options = ['--nodes=3', '--ntasks-per-node=2', '--wait', `--output=${name}.out`, `--error=${name}.err`];
    const { status } = cluster.login(['sbatch', ...options, path], { cwd: tiny.project });
    const read = (kind: string) => readFileSync(join(tiny.project, `${name}.${kind}`), 'utf8');
    // On a busy machine srun tells how it waits for the step before.
    const stderr = read('err').replaceAll(/^srun: (Job \d+ step creation temporarily|Step created for).*\n/gm, '');
    return { status, stdout: read('out'), stderr };
  }
  const staged = `srun --nodes=3 --ntasks=3 --ntasks-per-node=1 sh -c 'ls -d /tmp/${own}/[0-9a-f]* /tmp/.pharos-* 2>/dev/null | wc -l'`;

  test.for(['sbcast', 'archive-per-node'])(
    'each node has it by %s, before the job and no longer after it',
    (transport) => {
      const ran = batch(
        transport,
        `set -e
${tiny.launch} --stage --transport ${transport}
${staged}
srun ${tiny.launch} ${tiny.python} app.py
${staged}
${tiny.launch} --clean
${staged}`,
      );
      expect(ran.stderr).toBe(`pharos: the image is on 3 nodes, by ${transport}\n`);
      const greetings = Array.from({ length: 6 }, () => 'hello world');
      expect(ran.stdout.trim().split('\n')).toEqual([...'111', ...greetings, ...'111', ...'000']);
      expect(ran.status).toBe(0);
    },
  );

  test('without an order before, the first rank of each node stages and the last one cleans', () => {
    const ran = batch('prefix', `srun ${tiny.launch} ${tiny.python} app.py\n${staged}`);
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout.match(/hello world/g)).toHaveLength(6);
    expect(ran.stdout.match(/^0$/gm)).toHaveLength(3);
  });

  test('a node that cannot take it is named, and left out where that is allowed', () => {
    const prepare = `srun --nodes=3 --ntasks=3 --ntasks-per-node=1 sh -c '[ "$(uname -n)" = n2 ] || mkdir -p /tmp/place'`;
    const stage = `${tiny.launch} --stage --dest /tmp/place`;
    const strict = batch('strict', `${prepare}\n${stage}`);
    expect(strict.status).not.toBe(0);
    expect(strict.stderr).toContain('pharos: there is no place for the image: /tmp/place: it is no folder (on n2)');
    expect(strict.stderr).toContain('pharos: the image is on 2 of 3 nodes; not on n2');
    const less = batch(
      'less',
      `${prepare}
left=$(${stage} --min-nodes 2) || exit
srun --nodes=2 --ntasks=2 --exclude="$left" ${tiny.launch} --dest /tmp/place ${tiny.python} app.py
srun --nodes=2 --ntasks=2 --exclude="$left" ${tiny.launch} --dest /tmp/place --clean-here`,
    );
    expect(less.stdout).toBe('hello world\nhello world\n');
    expect(less.status).toBe(0);
  });

  test('a node that is lost while it is staged is named', () => {
    const dies = `srun --nodes=3 --ntasks=3 --ntasks-per-node=1 sh -c 'mkdir -p /tmp/lost'`;
    const tools = join(tiny.folder, 'tools');
    mkdirSync(tools);
    // The node's first process takes all others of the node with it.
    writeFileSync(
      join(tools, 'mkfifo'),
      '#!/bin/sh\n[ "$(uname -n)" != n3 ] || kill -KILL -1\nexec /usr/bin/mkfifo "$@"\n',
    );
    chmodSync(join(tools, 'mkfifo'), 0o755);
    const ran = batch(
      'lost',
      `${dies}
export PHAROS_STAGE_WAIT=3 PHAROS_TOOL_PATH=${tools}:/usr/bin:/bin
timeout 60 ${tiny.launch} --stage --dest /tmp/lost --min-nodes 2`,
    );
    expect(ran.stderr).toContain('pharos: the image is not on n3: start the job without them');
    expect(ran.stdout).toBe('n3\n');
  });
});

describe('by stand-ins', () => {
  let tiny: TinyImage;
  beforeAll(() => {
    tiny = packTiny(makeFolder('nodes'));
  });
  afterAll(() => rmSync(tiny.folder, { recursive: true, force: true }));

  /** Programs that stand in for those of a cluster of a, b and c, each with a destination of its own: the variable NODE. */
  function standIns(scripts: Readonly<Record<string, string>>) {
    const folder = scratch('stand-ins');
    const nodes = join(folder, 'nodes');
    for (const node of 'abc') mkdirSync(join(nodes, node), { recursive: true });
    const on = `on() { NODE=$1 PHAROS_STAGE_DIR= TMPDIR=${nodes}/$1 SLURM_TMPDIR= sh -c "$2"; }\n`;
    const all = { uname: 'case $1 in -n) echo "$NODE" ;; *) exec /usr/bin/uname "$@" ;; esac', ...scripts };
    for (const [name, text] of Object.entries(all)) {
      const log = name === 'uname' ? '' : `echo "$*" >>${folder}/log\n`;
      writeFileSync(join(folder, name), `#!/bin/sh\n${on}${log}${text}\n`);
      chmodSync(join(folder, name), 0o755);
    }
    const env = { PATH: `${folder}:/usr/bin:/bin`, TMPDIR: join(nodes, 'a'), NODE: 'a' };
    const stages = () =>
      Object.fromEntries(
        readdirSync(nodes).map((node) => {
          const home = join(nodes, node, own);
          return [node, existsSync(home) ? readdirSync(home).filter((name) => !name.startsWith('.')).length : 0];
        }),
      );
    return { env, stages, log: () => lines(readFileSync(join(folder, 'log'), 'utf8')) };
  }
  const launch = (options: readonly string[], env: Record<string, string>) => run([tiny.launch, ...options], { env });

  test('ssh hands the image on from node to node', () => {
    const { env, stages, log } = standIns({ ssh: 'on "$3" "$4"' });
    const hosts = { ...env, LSB_MCPU_HOSTS: 'a 4 b 4 c 4' };
    const ran = launch(['--stage', '--transport', 'ssh-fan-out'], hosts);
    expect(ran).toMatchObject({ status: 0, stdout: '', stderr: 'pharos: the image is on 3 nodes, by ssh-fan-out\n' });
    expect(stages()).toEqual({ a: 1, b: 1, c: 1 });
    expect(log().every((line) => line.startsWith('-o BatchMode=yes '))).toBe(true);
    expect(launch(['--clean', '--transport', 'ssh-fan-out'], hosts)).toMatchObject({ status: 0, stderr: '' });
    expect(stages()).toEqual({ a: 0, b: 0, c: 0 });
  });

  test('ssh goes round a node that cannot be reached, and names it', () => {
    const { env, stages } = standIns({ ssh: '[ "$3" != b ] || exit 255; on "$3" "$4"' });
    const nodes = join(scratch('pbs'), 'nodes');
    writeFileSync(nodes, 'a\na\nb\nb\nc\nc\n');
    const ran = launch(['--stage', '--transport', 'ssh-fan-out', '--min-nodes', '2'], { ...env, PBS_NODEFILE: nodes });
    expect(ran).toMatchObject({ status: 0, stdout: 'b\n' });
    expect(ran.stderr).toContain('pharos: b cannot be reached by ssh\n');
    expect(stages()).toEqual({ a: 1, b: 0, c: 1 });
  });

  test('flux archive', () => {
    const { env, stages, log } = standIns({
      flux: `case $1,$2 in
resource,list) echo 3 ;;
archive,create) cp "$5/launch" "$TMPDIR/../archive" ;;
archive,extract) cp "$TMPDIR/../archive" "$6.$NODE" ;;
archive,remove) rm "$TMPDIR/../archive" ;;
exec,-r)
  shift 3
  # Each node would have a /tmp of its own.
  for node in a b c; do
    case $* in
      mkdir*) ;;
      *) on "$node" "$(echo "$*" | sed "s|\\(/tmp/.pharos-[0-9a-f]*\\)/launch|\\1.$node|; s|sh /tmp|sh /tmp|")" ;;
    esac
  done ;;
esac`,
    });
    const ran = launch(['--stage', '--transport', 'flux-archive'], { ...env, FLUX_URI: 'local:///run/flux' });
    expect(ran).toMatchObject({ status: 0, stdout: '', stderr: 'pharos: the image is on 3 nodes, by flux-archive\n' });
    expect(stages()).toEqual({ a: 1, b: 1, c: 1 });
    const called = log().map((line) => line.replaceAll(/pharos-[0-9a-f]{16}/g, 'NAME'));
    expect(called).toContain(`archive create --name=NAME -C ${tiny.image} launch`);
    expect(called).toContain('exec -r all flux archive extract --waitcreate --name=NAME -C /tmp/.NAME');
    expect(called).toContain('archive remove -f --name=NAME');
    expect(called).toContain(`exec -r all sh /tmp/.NAME/launch --stage-here --image ${tiny.image}`);
  });

  /** Ranks of the real mpiexec, each on a node of its own as far as the destination goes; only the first can read the layers. */
  function mpiNodes(destination: string) {
    const header = join(scratch('header'), 'launch');
    writeFileSync(header, readFileSync(tiny.launch).subarray(0, 65_536));
    const rank = `NODE=$(echo abc | cut -c "$((OMPI_COMM_WORLD_RANK + 1))")
export NODE PATH="\${0%/*}:$PATH"
mount --bind "\${0%/*}/nodes/$NODE" ${destination}
[ "$NODE" = a ] || mount --bind ${header} ${tiny.launch}
exec "$@"`;
    const mpiexec = `[ "$1" != --version ] || exec mpiexec.openmpi --version
while [ "$1" != sh ]; do shift; done
exec mpiexec.openmpi --allow-run-as-root --oversubscribe -n 3 unshare --mount "\${0%/*}/rank" "$@"`;
    const { env, ...rest } = standIns({ mpiexec, rank });
    const nodes = join(scratch('pbs'), 'nodes');
    writeFileSync(nodes, 'a\nb\nc\n');
    return { env: { ...env, PBS_NODEFILE: nodes }, ...rest };
  }

  function lacksMpi4py(): boolean {
    const has = run([systemPython, '-c', 'import mpi4py.MPI']).status === 0;
    if (!has) process.stderr.write('skipped: MPI broadcast: this machine has no python3-mpi4py\n');
    return !has;
  }
  test.skipIf(lacks('MPI broadcast', 'root', 'mpiexec.openmpi', 'unshare') || lacksMpi4py())(
    'MPI broadcast: one node reads the image',
    () => {
      const destination = scratch('broadcast');
      const { env, stages } = mpiNodes(destination);
      const mpi4py = { PYTHONPATH: '/usr/lib/python3/dist-packages' };
      const options = ['--stage', '--transport', 'mpi-broadcast', '--dest', destination];
      const ran = launch(options, { ...env, ...mpi4py });
      expect(ran).toMatchObject({
        status: 0,
        stdout: '',
        stderr: 'pharos: the image is on 3 nodes, by mpi-broadcast\n',
      });
      expect(stages()).toEqual({ a: 1, b: 1, c: 1 });
      const without = launch([...options.slice(0, 3), '--dest', scratch('none')], env);
      expect(without.stderr).toContain(
        `mpi-broadcast did not bring the image to all nodes (${tiny.python} has no mpi4py); each node reads it itself\n`,
      );
    },
  );

  test('jsrun, from a launch node', () => {
    const { env, stages, log } = standIns({
      jsrun: 'while [ "$1" != sh ]; do shift; done\nfor node in a b c; do on "$node" "$*"; done',
    });
    const ran = launch(['--stage'], { ...env, LSB_MCPU_HOSTS: 'batch1 1 a 42 b 42 c 42' });
    expect(ran).toMatchObject({ status: 0, stderr: 'pharos: the image is on 3 nodes, by archive-per-node\n' });
    expect(stages()).toEqual({ a: 1, b: 1, c: 1 });
    const options = '--nrs 3 --rs_per_host 1 --tasks_per_rs 1 --cpu_per_rs 1';
    expect(log()).toContain(`${options} sh ${tiny.launch} --stage-here --image ${tiny.image}`);
  });

  test.for([
    ['Open MPI', 'mpiexec (OpenRTE) 4.1.4', '-n 3 --map-by ppr:1:node'],
    ['Hydra and PALS', 'HYDRA build details:', '-n 3 -ppn 1'],
  ])('mpiexec of %s', ([, version, options]) => {
    const { env, stages, log } = standIns({
      mpiexec: `[ "$1" != --version ] || { echo '${version}'; exit; }
while [ "$1" != sh ]; do shift; done
for node in a b c; do on "$node" "$*"; done`,
    });
    const nodes = join(scratch('pbs'), 'nodes');
    writeFileSync(nodes, 'a\nb\nc\n');
    const ran = launch(['--stage'], { ...env, PBS_NODEFILE: nodes });
    expect(ran).toMatchObject({ status: 0, stderr: 'pharos: the image is on 3 nodes, by archive-per-node\n' });
    expect(stages()).toEqual({ a: 1, b: 1, c: 1 });
    expect(log()).toContain(`${options} sh ${tiny.launch} --stage-here --image ${tiny.image}`);
  });
});
