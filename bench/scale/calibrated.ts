import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { FilesystemProfile } from '../../src/schema/index.ts';
import { makeFolder } from '../../test/real/make-folder.ts';
import { pharos } from '../../test/real/pharos.ts';
import { serveSlowly } from '../../test/real/slowfs.ts';
import { folderOf } from './measurements.ts';
import type { Setting } from './settings.ts';
import { type Extent, settingsOf } from './testbed.ts';

// Each setting of the testbed as `pharos calibrate --load` finds it on one mount, which is told nothing of the dials.

const fileOf = ({ id }: Setting, kind: string) => join(folderOf('calibrated'), `${id}.${kind}.json`);

/** What the collector timed is kept: a profile can be fitted to it again. */
function measureSetting(setting: Setting): void {
  const served = makeFolder('calibrated');
  const mount = serveSlowly(served, ['client=calibration', ...setting.options], false);
  try {
    mount.control(...Object.entries(setting.dials).map(([dial, value]) => `${dial}=${value}`));
    const { status, stderr } = pharos(['calibrate', '--load', mount.mount, '--out', fileOf(setting, 'profile')], {
      seconds: 200,
    });
    const said = status === 0 ? 'calibrated' : `not calibrated: ${stderr.trim().slice(-300)}`;
    process.stderr.write(`${setting.id}: ${said}\n`);
  } finally {
    mount.stop();
    rmSync(served, { recursive: true, force: true });
  }
}

export function calibrateTestbed(extent: Extent): void {
  for (const setting of settingsOf(extent)) {
    if (!existsSync(fileOf(setting, 'calibration'))) measureSetting(setting);
  }
}

/** The profile fitted to what was timed on a mount of the setting; absent where there is none. */
export function calibratedProfile(setting: Setting): FilesystemProfile | undefined {
  if (!existsSync(fileOf(setting, 'calibration'))) return undefined;
  const { status } = pharos(['calibrate', fileOf(setting, 'calibration'), '--out', fileOf(setting, 'profile')]);
  return status === 0 ? JSON.parse(readFileSync(fileOf(setting, 'profile'), 'utf8')) : undefined;
}
