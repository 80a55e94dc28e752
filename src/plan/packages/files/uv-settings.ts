import type { PackagePlan } from '#schema';

/** A basic string of TOML, which escapes as JSON does, and DEL besides. */
const tomlText = (text: string): string => JSON.stringify(text).replaceAll('\x7f', '\\u007f');

type Pairs = readonly { readonly name: string; readonly value: string }[];

const tableOf = (pairs: Pairs): string =>
  `{ ${pairs.map(({ name, value }) => `${tomlText(name)} = ${tomlText(value)}`).join(', ')} }`;

/**
 * How uv is to build: uv keeps builds apart by these settings, and not by the environment that it runs in, so each carries
 * what it was made against (`build_info.rs` of uv 0.12.5). Empty where nothing is built.
 * `isBuilt`: the lock has wheels that were built already, which uv refuses for packages that it may not take as wheels.
 */
export function writeUvSettings(
  { decisions, siteKey }: PackagePlan,
  { table, isBuilt }: { readonly table: '' | 'tool.uv'; readonly isBuilt: boolean },
): string {
  const rebuilt = decisions
    .filter(({ from }) => from === 'rebuild')
    .sort((one, other) => (one.name < other.name ? -1 : 1));
  if (rebuilt.length === 0) return '';
  const below = (name: string) => `[${table === '' ? '' : `${table}.`}${name}]`;
  const variables = rebuilt.map(({ name, build }) => ({
    name,
    pairs: [...(build?.variables ?? []), { name: 'PHAROS_SITE_KEY', value: siteKey }],
  }));
  const settings = rebuilt.flatMap(({ name, build }) =>
    build && build.settings.length > 0 ? [{ name, pairs: build.settings }] : [],
  );
  const section = (title: string, rows: readonly { readonly name: string; readonly pairs: Pairs }[]) =>
    rows.length === 0
      ? []
      : ['', below(title), ...rows.map(({ name, pairs }) => `${tomlText(name)} = ${tableOf(pairs)}`)];
  return [
    ...(table === '' ? [] : [`[${table}]`]),
    ...(isBuilt ? [] : [`no-binary-package = [${rebuilt.map(({ name }) => tomlText(name)).join(', ')}]`]),
    ...section('extra-build-variables', variables),
    ...section('config-settings-package', settings),
    '',
  ].join('\n');
}
