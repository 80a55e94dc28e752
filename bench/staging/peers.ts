import { existsSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { ask, root } from '../../test/real/run.ts';
import { job } from './job.ts';
import { environment, project, python, script, shared } from './places.ts';

// Ways to start the same job on a node that has nothing of it yet.

/** Commands are for sh, on the node, with SHARED, LOCAL and RANK set. */
export interface Peer {
  readonly id: string;
  readonly title: string;
  /** Programs that the machine must have. */
  readonly needs: readonly string[];
  /** Once, before any start, on the login node. */
  prepare(): void;
  readonly cold: string;
  /** Again on the same node. */
  readonly warm: string;
}

const wholeTar = join(shared, 'whole.tar');
const squashed = join(shared, 'environment.sqfs');
export const image = join(shared, 'env.image');

/** Written aside, then renamed: a run that was ended leaves no half of it. */
function makeOnce(file: string, make: (part: string) => void): void {
  if (existsSync(file)) return;
  rmSync(`${file}.part`, { force: true });
  make(`${file}.part`);
  renameSync(`${file}.part`, file);
}

const START = `"${python}" "${script}"`;
const START_LOCAL = `"$LOCAL/environment/venv/bin/python" "${script}"`;
const nothing = () => undefined;

/** The image is mounted where the environment was when it was made, as those who start from images do. */
function squashfs(id: string, title: string, needs: readonly string[], mount: string): Peer {
  const prepare = () =>
    makeOnce(squashed, (part) => {
      const options = ['-comp', 'zstd', '-Xcompression-level', '3', '-noappend', '-quiet', '-no-progress'];
      ask(['mksquashfs', environment, part, ...options], { seconds: 300 });
    });
  return { id, title, needs: ['mksquashfs', ...needs], prepare, cold: `${mount} && ${START}`, warm: START };
}

export const plainPeer: Peer = { id: 'plain', title: 'plain', needs: [], prepare: nothing, cold: START, warm: START };

/** Its second start is the one from memory with nothing to fetch, from a whole environment without Pharos. */
const wholeTarPeer: Peer = {
  id: 'tar',
  title: 'whole environment as a tar',
  needs: ['tar'],
  prepare: () => makeOnce(wholeTar, (part) => ask(['tar', '-C', shared, '-cf', part, 'environment'], { seconds: 300 })),
  cold: `tar -C "$LOCAL" -xf "${wholeTar}" &&
    sed -i "s|$SHARED|$LOCAL|" "$LOCAL/environment/venv/pyvenv.cfg" && ${START_LOCAL}`,
  warm: START_LOCAL,
};

/** Runs `pharos` in the folder of the project, as its user would. */
export function pharos(words: readonly string[], input = ''): string {
  const path = `${dirname(python)}:${process.env.PATH}`;
  return ask([join(root, 'pharos'), ...words], { cwd: project, env: { PATH: path }, input, seconds: 300 });
}

export const recording = join(shared, `${job.id}.pharos`);

export const ownPeer: Peer = {
  id: 'pharos',
  title: 'Pharos',
  needs: ['strace'],
  prepare() {
    rmSync(image, { recursive: true, force: true });
    rmSync(recording, { force: true });
    pharos(['audit', ...job.options, '--out', recording.replace(/\.pharos$/, ''), '--', 'python', script], '\n');
    pharos(['pack', recording, '--to', image]);
  },
  cold: `PATH="${dirname(python)}:$PATH" "${image}/launch" --keep --dest "$LOCAL" python "${script}"`,
  warm: `PATH="${dirname(python)}:$PATH" "${image}/launch" --keep --dest "$LOCAL" python "${script}"`,
};

export const PEERS: readonly Peer[] = [
  plainPeer,
  wholeTarPeer,
  squashfs(
    'squashfuse',
    'squashfs (zstd), squashfuse_ll',
    ['squashfuse_ll'],
    `squashfuse_ll "${squashed}" "${environment}"`,
  ),
  squashfs('squashfs', 'squashfs (zstd), kernel mount', ['losetup'], `mount -o loop,ro "${squashed}" "${environment}"`),
  ownPeer,
];
