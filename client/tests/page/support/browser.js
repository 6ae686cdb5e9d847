// One Chromium for a test file, a fresh profile for each test, and the chat page as its user sees it.
// A test fails when a page throws or prints an error that the test did not announce with `expectErrors`.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { chromium } from 'playwright-core';

const PATIENCE_MS = 20_000;  // until something that must happen counts as not happening
const LONGEST_MS = 60_000;   // of a whole test

export const PAGE_FOLDER = new URL('../../../page/', import.meta.url);
export const PAGE_FROM_DISK = new URL('index.html', PAGE_FOLDER).href;

let browser = null;
after(() => browser?.close());

function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
           '--disable-component-update', '--disable-sync'],
  });
}

// body({ open, use, expectErrors }):
//   open(url, options)  a tab of a new user -> ChatPage; options of Playwright's newContext, and
//                       `prepare`, called with the context before the page is opened
//   use(server)         awaits a server and stops it when the test ends
//   expectErrors(re)    console errors that match belong to this test
export function browserTest(name, body) {
  test(name, async () => {
    browser ??= await launch();
    const errors = [];
    const expected = [];
    const contexts = [];
    const servers = [];
    // A user each: Chromium gives tabs of one user one window, and hardly ever draws those at its back.
    const open = async (url, { prepare, ...options } = {}) => {
      const context = await browser.newContext(options);
      contexts.push(context);
      context.setDefaultTimeout(PATIENCE_MS);
      context.on('weberror', (error) => errors.push(error.error().stack ?? String(error.error())));
      context.on('console', (line) => line.type() === 'error' && errors.push(line.text()));
      context.on('page', (page) => page.on('dialog', (dialog) => {
        errors.push(`a dialog: ${dialog.message()}`);
        dialog.dismiss();
      }));
      await prepare?.(context);
      return ChatPage.open(context, url);
    };
    const use = async (server) => {
      servers.push(await server);
      return servers.at(-1);
    };
    // A browser without tabs ends every wait, so a test that hangs still fails and cleans up.
    const alarm = setTimeout(() => {
      errors.push(`still running after ${LONGEST_MS / 1000} s`);
      for (const context of contexts) context.close();
    }, LONGEST_MS);
    try {
      await body({ open, use, expectErrors: (pattern) => expected.push(pattern) });
      assert.deepEqual(errors.filter((error) => !expected.some((pattern) => pattern.test(error))), [],
        'the page printed errors or threw');
    } finally {
      clearTimeout(alarm);
      await Promise.all(contexts.map((context) => context.close()));
      await Promise.all(servers.map((server) => server.stop()));
    }
  });
}

// What Chromium itself prints when a server can't be reached.
export const CONNECTION_FAILED = /^WebSocket connection to .* failed/;

// Reads until the value is the expected one, or, given a function, until that returns true.
export async function eventually(read, expected) {
  const isRight = typeof expected === 'function' ? expected : (value) => {
    try {
      assert.deepEqual(value, expected);
      return true;
    } catch {
      return false;
    }
  };
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const value = await read();
    if (isRight(value)) return value;
    if (Date.now() > deadline) {
      if (typeof expected !== 'function') assert.deepEqual(value, expected);
      assert.fail(`waited in vain for ${expected}; the last value was ${JSON.stringify(value)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

export class ChatPage {
  constructor(page) {
    this.page = page;
  }

  static async open(context, url) {
    const page = await context.newPage();
    await page.goto(url);
    return new ChatPage(page);
  }

  // Another tab of the same user.
  openBeside(url) { return ChatPage.open(this.page.context(), url); }

  locator(selector) { return this.page.locator(selector); }
  click(selector) { return this.page.click(selector); }
  value(selector) { return this.page.inputValue(selector); }
  text(selector) { return this.page.textContent(selector); }
  focused() { return this.page.evaluate(() => document.activeElement.id); }

  // Enter does what the button beside the field does, and a click takes ten times as long to simulate.
  async type(field, text) {
    await this.page.fill(field, text);
    await this.page.press(field, 'Enter');
  }

  async connect(url) {
    await this.type('#server', url ?? await this.value('#server'));
    await this.page.locator('#name').waitFor();
  }

  async join(name, url) {
    await this.connect(url);
    await this.type('#name', name);
    await this.page.locator('#message').waitFor();
  }

  // join(), and the server has said that we are there.
  async enter(name, url) {
    await this.join(name, url);
    await this.isSignedInAs(name);
  }

  isSignedInAs(name) { return eventually(() => this.text('#name-display'), `Signed in as ${name}.`); }

  say(text) { return this.type('#message', text); }

  // -> ['left ann: Hi', 'right You: Hey', ...], notes apart
  messages() {
    return this.page.evaluate(() => [...document.querySelectorAll('#chat > .left, #chat > .right')]
      .map((line) => `${line.className} ${line.textContent}`));
  }

  notes() {
    return this.page.evaluate(() => [...document.querySelectorAll('#chat > .note')].map((line) => line.textContent));
  }

  roster() {
    return this.page.evaluate(() => [...document.querySelectorAll('#users-list li')].map((item) => item.textContent));
  }

  rooms() {
    return this.page.evaluate(() => [...document.querySelectorAll('#rooms .url')].map((url) => url.textContent));
  }

  sees(...messages) { return eventually(() => this.messages(), messages); }
  seesUsers(...names) { return eventually(() => this.roster(), names); }
  hasStatus(text) { return eventually(() => this.text('#ws-status'), text instanceof RegExp ? (value) => text.test(value) : text); }
}
