import { failure, type Result, success } from '#base';

// What `ld.so --list-diagnostics` prints, from glibc 2.33: https://sourceware.org/glibc/manual/latest/html_node/Dynamic-Linker-Diagnostics.html

/** How a dynamic loader was built, and what it looks into on this processor. */
export interface LoaderDiagnostics {
  /** Of glibc, as `2.36`. */
  readonly version: string;
  /** Where `ld.so.cache` is. */
  readonly configuration: string;
  readonly defaultFolders: readonly string[];
  /** Below each folder, best first: `glibc-hwcaps/x86-64-v3`, and before glibc 2.37 others. */
  readonly subfolders: readonly string[];
  readonly lib: string;
  readonly platform: string;
}

const LONGEST = 4 * 1024 * 1024;
const LINE = /^([\w.]+(?:\[0x[0-9a-f]+\])?)=(?:"((?:[^"\\]|\\.)*)"|(0x[0-9a-f]+))$/;
/** The last version with folders by platform and capability, and these: elf/dl-hwcaps.c of 2.36. */
const LAST_WITH_LEGACY = 36;

const legacyFolders = (platform: string) => [
  ...[`tls/${platform}/${platform}`, `tls/${platform}`, 'tls'],
  ...[`${platform}/${platform}`, platform],
];

function readLines(text: string): ReadonlyMap<string, string> {
  const pairs = text.split('\n').map((line) => LINE.exec(line));
  return new Map(pairs.flatMap((pair) => (pair?.[1] === undefined ? [] : [[pair[1], pair[2] ?? pair[3] ?? '']])));
}

/** The lowest bit stands for the first one. */
function listHwcaps(values: ReadonlyMap<string, string>): string[] {
  const active = Number(values.get('dl_hwcaps_subdirs_active') ?? 0);
  const names = (values.get('dl_hwcaps_subdirs') ?? '').split(':').filter((name) => name !== '');
  return names.filter((_, index) => (active >>> index) & 1).map((name) => `glibc-hwcaps/${name}`);
}

export function readLoaderDiagnostics(text: string): Result<LoaderDiagnostics> {
  const values = readLines(text.slice(0, LONGEST));
  const version = values.get('version.version');
  const folders: string[] = [];
  for (let index = 0; ; index += 1) {
    const folder = values.get(`path.system_dirs[0x${index.toString(16)}]`);
    if (folder === undefined) break;
    folders.push(folder.replace(/(?<=.)\/$/, ''));
  }
  if (version === undefined || folders.length === 0) {
    return failure({
      code: 'loader-diagnostics/other-format',
      message: "it is not what glibc's loader prints of itself",
    });
  }
  const platform = values.get('dl_platform') ?? '';
  const minor = Number(/^2\.(\d+)/.exec(version)?.[1] ?? 0);
  return success({
    ...{ version, platform, defaultFolders: folders, lib: values.get('dl_dst_lib') ?? 'lib' },
    configuration: values.get('path.sysconfdir') ?? '/etc',
    subfolders: [
      ...listHwcaps(values),
      ...(minor <= LAST_WITH_LEGACY && platform !== '' ? legacyFolders(platform) : []),
    ],
  });
}
