import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { delimiter, join } from 'node:path';

/** What a machine may lack, each with a way to ask for it. `scripts/install-debian.sh` brings the programs. */
const asked = {
  root: () => process.getuid?.() === 0,
  fuse: () => existsSync('/dev/fuse') && isProgram('fusermount3'),
  ptrace: () => isProgram('strace') && succeeds(['strace', '-f', '-o', '/dev/null', 'true']),
  'two processors': () => availableParallelism() > 1,
  'network namespaces': () => succeeds(['unshare', '--mount', '--net', '--pid', '--fork', 'true']),
  'process namespaces': () => succeeds(['unshare', '--pid', '--fork', '--mount-proc', 'true']),
  'user namespaces': () => succeeds(['unshare', '--user', '--map-root-user', 'true']),
} as const;

function isProgram(name: string): boolean {
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'];
  return folders.some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

function succeeds([program = '', ...args]: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore', timeout: 10_000 }).status === 0;
}

/** Whether the machine lacks something, a program or one of the above; says on stderr what is skipped for it. */
export function lacks(what: string, ...needs: readonly string[]): boolean {
  const missing = needs.filter((need) => !(need in asked ? asked[need as keyof typeof asked]() : isProgram(need)));
  if (missing.length > 0) process.stderr.write(`skipped: ${what}: this machine has no ${missing.join(', no ')}\n`);
  return missing.length > 0;
}
