import { expect, test } from 'vitest';
import { readLoaderDiagnostics } from './index.ts';

/** Lines of Debian 12's, of some five hundred. */
const DEBIAN = `dl_dst_lib="lib/x86_64-linux-gnu"
dl_hwcaps_subdirs="x86-64-v4:x86-64-v3:x86-64-v2"
dl_hwcaps_subdirs_active=0x6
dl_platform="haswell"
path.sysconfdir="/etc"
path.system_dirs[0x0]="/lib/x86_64-linux-gnu/"
path.system_dirs[0x1]="/usr/lib/"
version.version="2.36"
`;

test('how a loader searches, in its own words', () => {
  expect(readLoaderDiagnostics(DEBIAN)).toEqual({
    ok: true,
    value: {
      ...{ version: '2.36', lib: 'lib/x86_64-linux-gnu', platform: 'haswell', configuration: '/etc' },
      defaultFolders: ['/lib/x86_64-linux-gnu', '/usr/lib'],
      subfolders: [
        ...['glibc-hwcaps/x86-64-v3', 'glibc-hwcaps/x86-64-v2'],
        ...['tls/haswell/haswell', 'tls/haswell', 'tls', 'haswell/haswell', 'haswell'],
      ],
    },
  });
  expect(readLoaderDiagnostics(DEBIAN.replace('2.36', '2.37'))).toMatchObject({
    value: { subfolders: ['glibc-hwcaps/x86-64-v3', 'glibc-hwcaps/x86-64-v2'] },
  });
});

test('another loader says nothing of the kind', () => {
  expect(readLoaderDiagnostics('musl libc (x86_64)\n')).toMatchObject({
    failure: { code: 'loader-diagnostics/other-format' },
  });
});
