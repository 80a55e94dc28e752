import file from '../../knowledge/platform-tags.json' with { type: 'json' };

/** What a platform tag of a wheel asks of a machine. */
export interface PlatformTag {
  /** `any`: nothing at all. */
  readonly system: 'any' | 'linux' | 'macos' | 'windows' | 'android' | 'ios';
  /** The C library and the oldest version of it; none for `linux_…`, which promises no other machine than its builder's. */
  readonly libc?: { readonly name: 'glibc' | 'musl'; readonly oldest: readonly [major: number, minor: number] };
  /** As the tag has it: `x86_64`, `aarch64`, `universal2`, `amd64`. */
  readonly machine?: string;
}

type Parts = Readonly<Record<string, string | undefined>>;
type Form = readonly [pattern: RegExp, read: (parts: Parts) => PlatformTag];

const oldest = ({ major, minor }: Parts) => [Number(major), Number(minor)] as const;
const machineOf = ({ machine }: Parts) => (machine === undefined ? {} : { machine });
const linux = (name: 'glibc' | 'musl') => (parts: Parts) =>
  ({ system: 'linux', libc: { name, oldest: oldest(parts) }, ...machineOf(parts) }) as const;

const FORMS: readonly Form[] = [
  [/^any$/, () => ({ system: 'any' })],
  [/^manylinux_(?<major>\d{1,4})_(?<minor>\d{1,4})_(?<machine>\w+)$/, linux('glibc')],
  [/^musllinux_(?<major>\d{1,4})_(?<minor>\d{1,4})_(?<machine>\w+)$/, linux('musl')],
  [/^linux_(?<machine>\w+)$/, (parts) => ({ system: 'linux', ...machineOf(parts) })],
  [/^macosx_\d+_\d+_(?<machine>\w+)$/, (parts) => ({ system: 'macos', ...machineOf(parts) })],
  [/^win32$/, () => ({ system: 'windows', machine: 'x86' })],
  [/^win_(?<machine>\w+)$/, (parts) => ({ system: 'windows', ...machineOf(parts) })],
  [/^android_\d+_(?<machine>\w+)$/, (parts) => ({ system: 'android', ...machineOf(parts) })],
  [/^ios_\d+_\d+_(?<machine>\w+)$/, (parts) => ({ system: 'ios', ...machineOf(parts) })],
];

/** What a tag was called before tags said the version of glibc. */
function withoutAlias(tag: string): string {
  const alias = file.aliases.find((one) => tag.startsWith(`${one.tag}_`));
  return alias ? tag.replace(alias.tag, `manylinux_${alias.glibc.join('_')}`) : tag;
}

/** What one platform tag asks for; undefined where it is of no form that is known. */
export function platformOf(tag: string): PlatformTag | undefined {
  const written = withoutAlias(tag.toLowerCase());
  for (const [pattern, read] of FORMS) {
    const match = pattern.exec(written);
    if (match) return read(match.groups ?? {});
  }
  return undefined;
}
