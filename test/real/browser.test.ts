import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { renderHtml, renderScaleHtml } from '#report';
import { readReport, ScaleTable } from '#schema';
import { example, examplesPython } from './examples.ts';
import { lacks } from './machine.ts';
import { makeFolder } from './make-folder.ts';
import { audit } from './pharos.ts';
import { root } from './run.ts';

// Chromium must not call home: the machine may have no network.
const ARGUMENTS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const AXE = readFileSync(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8');

const PAGES = ['start', 'step', 'scale'] as const;
type PageName = (typeof PAGES)[number];
const VIEWS = PAGES.flatMap((name) =>
  [1280, 360, 320].flatMap((width) => (['light', 'dark'] as const).map((colors) => ({ name, width, colors }))),
);

/** The page of a step of 1,024 nodes with 128 cores each, composed by hand. */
function writeStep(folder: string): string {
  const read = readReport(JSON.parse(readFileSync(join(root, 'src/report/cases/step-crowded.report.json'), 'utf8')));
  if (!read.ok) throw new Error(read.failure.message);
  const file = join(folder, 'step.report.html');
  writeFileSync(file, renderHtml(read.value));
  return file;
}

/** What a recorded job costs as it grows. */
function writeScale(folder: string): string {
  const table = ScaleTable.parse(JSON.parse(readFileSync(join(root, 'test/jobs/heat/scale.json'), 'utf8')));
  const file = join(folder, 'heat.scale.html');
  writeFileSync(file, renderScaleHtml(table));
  return file;
}

interface AxeViolation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string }[];
}

describe.skipIf(lacks('the report in a browser', 'chromium'))('the HTML report', () => {
  let browser: Browser;
  const pages = new Map<PageName, string>();
  const folder = makeFolder('browser');
  beforeAll(async () => {
    pages.set('start', audit(join(folder, 'analysis'), [examplesPython(), example('analysis')]).html);
    pages.set('step', writeStep(folder));
    pages.set('scale', writeScale(folder));
    browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ARGUMENTS });
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await browser?.close();
  });

  async function open({ name, width, colors: colorScheme }: (typeof VIEWS)[number], javaScriptEnabled: boolean) {
    const page = pages.get(name);
    const context = await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme,
      javaScriptEnabled,
      bypassCSP: true,
    });
    const tab = await context.newPage();
    const asked: string[] = [];
    tab.on('request', (request) => asked.push(request.url()));
    await tab.goto(`file://${page}`);
    return { tab, page, asked, close: () => context.close() };
  }

  test.for(VIEWS)(
    '$name, $width pixels wide, $colors, without JavaScript: all is there, nothing sticks out',
    async (view) => {
      const { tab, page, asked, close } = await open(view, false);
      await tab.screenshot({
        path: join(root, `build/report-${view.name}-${view.width}-${view.colors}.png`),
        fullPage: true,
      });
      expect(asked).toEqual([`file://${page}`]);
      expect(await tab.locator('h1').allInnerTexts()).toEqual([expect.stringMatching(/\S/)]);
      expect(await tab.locator('svg').count()).toBeGreaterThan(0);
      const words = { start: 'analysis', step: 'Where the ranks run', scale: 'heat.py' };
      expect((await tab.locator('body').allInnerTexts()).join()).toContain(words[view.name]);
      const widest = await tab.evaluate('document.documentElement.scrollWidth');
      expect(widest).toBeLessThanOrEqual(view.width);
      await close();
    },
  );

  test.for(VIEWS)('$name, $width pixels wide, $colors: axe finds nothing serious', async (view) => {
    const { tab, close } = await open(view, true);
    await tab.evaluate("for (const part of document.querySelectorAll('details')) part.open = true");
    await tab.evaluate(AXE);
    const violations = (await tab.evaluate('axe.run().then(({ violations }) => violations)')) as AxeViolation[];
    const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
    expect(serious.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
    await close();
  });
});
