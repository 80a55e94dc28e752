// `npm run new audit <id>`, `npm run new remedy <id>`: writes the folder of a unit with placeholders that fail their
// tests, and says what comes next. CONTRIBUTING.md tells all the steps.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

const camel = (id: string) => id.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
const page = (title: string, headings: readonly string[]) =>
  `# ${title}\n\n${headings.map((heading) => `## ${heading}\n\nTo be written first.\n`).join('\n')}`;

interface Unit {
  readonly folder: string;
  readonly code: (id: string) => string;
  readonly headings: readonly string[];
  readonly cases: Record<string, string>;
}

const audit: Unit = {
  folder: 'audits',
  headings: ['What it finds', 'Why it hurts at scale', 'What cures it', 'When to allow it'],
  // Neither passes nor fails yet: audits.test.ts asks for a case of both.
  cases: { 'healthy.json': '{}\n' },
  code: (id) => `import { defineAudit } from '../audit.ts';

export const ${camel(id)} = defineAudit({
  id: '${id}',
  category: 'start-up',
  question: 'Does …?',
  needs: ['run'],

  answer({ run }) {
    return { kind: 'unknown', because: \`\${run.script} was not looked at: this audit is not written yet\` };
  },
});
`,
};

const remedy: Unit = {
  folder: 'remedies',
  headings: ['What it does', 'When it is offered', 'How to undo it'],
  // No audit has this case; remedies.test.ts asks for one where the remedy is offered and one where it is not.
  cases: { 'offered.json': '{ "like": "no-audit-yet/some-case" }\n' },
  code: (id) => `import { defineRemedy } from '../remedy.ts';

export const ${camel(id)} = defineRemedy({
  id: '${id}',
  cures: ['no-audit-yet'],
  needs: ['run'],

  prescribe() {
    return [];
  },
});
`,
};

const units: Record<string, Unit> = { audit, remedy };

function fail(message: string): never {
  console.error(`error: ${message}\nhint: Use npm run new audit <id>, or npm run new remedy <id>.`);
  process.exit(2);
}

function write(unit: Unit, id: string): void {
  const folder = join(root, 'src', unit.folder, id);
  if (existsSync(folder)) fail(`${id} is there already`);
  mkdirSync(folder, { recursive: true });
  const title = `${id.charAt(0).toUpperCase()}${id.slice(1).replaceAll('-', ' ')}`;
  writeFileSync(join(folder, `${id}.ts`), unit.code(id));
  writeFileSync(join(folder, `${id}.md`), page(title, unit.headings));
  mkdirSync(join(folder, 'cases'));
  for (const [name, text] of Object.entries(unit.cases)) writeFileSync(join(folder, 'cases', name), text);
  console.log(`wrote src/${unit.folder}/${id}/`);
  console.log(`Next: write its page, then add ${camel(id)} to the list in src/${unit.folder}/index.ts.`);
}

const [kind = '', id = ''] = process.argv.slice(2);
const unit = units[kind];
if (!unit) fail(`there is no kind of unit called ${kind || '(none)'}`);
if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id)) fail(`${id || '(none)'} is not an id in kebab-case`);
write(unit, id);
