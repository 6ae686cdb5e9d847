// The golden HTML report in a real browser: no script runs, nothing is asked for from elsewhere, the console stays
// empty, and it can be read in light, in dark, on a phone, on paper and without JavaScript.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { after, test } from 'node:test';

const require = createRequire(new URL('../../client/tests/page/package.json', import.meta.url));
const { chromium } = require('playwright-core');
const { source: axe } = require('axe-core');

const REPORT = new URL('goldens/report.html', import.meta.url).href;
const FOLDER = process.env.SCREENSHOT_DIR || fileURLToPath(new URL('screenshots', import.meta.url));
mkdirSync(FOLDER, { recursive: true });

let browser = null;
after(() => browser?.close());

// body(page): a page that fails the test when it prints an error, shows a dialog, or asks for another address.
async function withPage(options, body) {
  browser ??= await chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
  });
  const trouble = [];
  const context = await browser.newContext(options);
  context.on('console', (line) => trouble.push(line.text()));
  context.on('weberror', (error) => trouble.push(String(error.error())));
  const page = await context.newPage();
  page.on('dialog', (dialog) => { trouble.push(dialog.message()); dialog.dismiss(); });
  page.on('request', (request) => request.url() === REPORT || trouble.push(request.url()));
  await page.goto(REPORT);
  await body(page);
  assert.deepEqual(trouble, []);
  await context.close();
}

test('foreign text is text', () => withPage({}, async (page) => {
  assert.equal(await page.locator('script, img, iframe, object, b').count(), 0);
  assert.match(await page.locator('h1').textContent(), /Golden <lab>/);
  assert.match(await page.locator('#chat\\.everyone').textContent(), /<script>alert\(1\)<\/script>/);
}));

test('a check opens to what its verdict rests on, without JavaScript', () => withPage({ javaScriptEnabled: false }, async (page) => {
  const check = page.locator('details.check', { hasText: 'login.announced' });
  assert.equal(await check.locator('svg').isVisible(), false);
  await check.locator('summary').click();
  assert.equal(await check.locator('svg').isVisible(), true);
  assert.match(await check.locator('ul.evidence').textContent(), /carol after [0-9.]+ ms: .*"type":"login"/);
  assert.match(await check.locator('ul.evidence').textContent(), /Nothing more could come: a marker sent afterwards reached alice, bob and carol/);
}));

for (const [name, options] of Object.entries({
  report: { viewport: { width: 1100, height: 900 }, deviceScaleFactor: 1.5 },
  'report-dark': { viewport: { width: 1100, height: 900 }, deviceScaleFactor: 1.5, colorScheme: 'dark' },
  'report-phone': { viewport: { width: 390, height: 844 }, deviceScaleFactor: 1.5 },
})) {
  test(`readable: ${name}`, () => withPage(options, async (page) => {
    const { scrollWidth, clientWidth } = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return { scrollWidth, clientWidth };
    });
    assert.ok(scrollWidth <= clientWidth, 'the page scrolls sideways');
    await page.screenshot({ path: join(FOLDER, `${name}.png`), fullPage: true });
    for (const id of ['login.announced', 'robust.crowd']) await page.locator('details.check', { hasText: id }).locator('summary').click();
    await page.locator('details.check', { hasText: 'robust.crowd' }).screenshot({ path: join(FOLDER, `${name}-crowd.png`) });
    // axe is run beside the page's policy, which allows no script of its own.
    const session = await page.context().newCDPSession(page);
    await session.send('Runtime.evaluate', { expression: axe });
    const found = await session.send('Runtime.evaluate', { expression: 'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(" | ")}`))', awaitPromise: true, returnByValue: true });
    assert.deepEqual(found.result.value, []);
  }));
}

test('on paper it is light, and what was folded is printed', () => withPage({ colorScheme: 'dark' }, async (page) => {
  await page.emulateMedia({ media: 'print' });
  assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), 'rgb(255, 255, 255)');
  assert.equal(await page.locator('#chat\\.everyone li', { hasText: 'chat.unchanged' }).first().isVisible(), true);
  await page.pdf({ path: join(FOLDER, 'report.pdf') });
}));
