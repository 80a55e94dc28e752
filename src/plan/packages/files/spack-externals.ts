import type { PackagePlan } from '#schema';

/** A text of YAML: JSON's is one. */
const yamlText = (text: string): string => JSON.stringify(text);

/** What Spack may take as it is: https://spack.readthedocs.io/en/latest/packages_yaml.html; empty where nothing was seen whole. */
export function writeSpackExternals({ externals }: PackagePlan): string {
  const names = [...new Set(externals.map(({ name }) => name))].sort();
  if (names.length === 0) return '';
  const lines = ['packages:'];
  for (const name of names) {
    lines.push(`  ${name}:`, '    externals:');
    for (const { version, variants, prefix, modules } of externals.filter((one) => one.name === name)) {
      lines.push(`    - spec: ${yamlText(`${name}@${version}${variants}`)}`, `      prefix: ${yamlText(prefix)}`);
      if (modules.length > 0) lines.push('      modules:', ...modules.map((module) => `      - ${yamlText(module)}`));
    }
    lines.push('    buildable: false');
  }
  return `${lines.join('\n')}\n`;
}
