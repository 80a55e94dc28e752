import { homedir, hostname, userInfo } from 'node:os';
import type { Names } from '#base';

/** Of this machine and whoever runs this. */
export function localNames(environment: NodeJS.ProcessEnv): Names {
  const { username } = userInfo();
  return { home: environment.HOME || homedir(), user: username, host: hostname().replace(/\..*/, '') };
}
