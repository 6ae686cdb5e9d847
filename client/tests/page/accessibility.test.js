// The page by keyboard alone, by ear, and in light and dark.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import { browserTest, CONNECTION_FAILED, eventually, PAGE_FROM_DISK } from './support/browser.js';
import { room, startScriptedServer } from './support/scripted-server.js';
import { startServer } from './support/servers.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

browserTest('everything by keyboard: pick a room, connect, name, chat, read back, leave', async ({ open, use }) => {
  const server = await use(startServer('reference'));
  const other = await open(server.page);
  await other.enter('bob');
  const tab = await open(`${PAGE_FROM_DISK}?server=${server.url}`);
  const { keyboard } = tab.page;
  const press = async (...keys) => { for (const key of keys) await keyboard.press(key); };
  // Tab until the focus is there: as many stops as the page has, at most.
  const tabTo = async (selector, key = 'Tab') => {
    for (let stop = 0; stop < 20; stop += 1) {
      if (await tab.page.evaluate((wanted) => document.activeElement.matches(wanted), selector)) return;
      await press(key);
    }
    assert.fail(`${key} does not lead to ${selector}`);
  };

  await tabTo('#add-room');
  await press('Enter');
  await tabTo('.remove', 'Shift+Tab');
  await press('Space');
  await eventually(() => tab.focused(), 'server');
  await tabTo('.pick', 'Shift+Tab');
  await press('Enter');
  await tabTo('#server', 'Shift+Tab');
  await press('Control+A');
  await keyboard.type(server.url);
  await press('Enter');
  await eventually(() => tab.focused(), 'name');
  await keyboard.type('ann');
  await press('Enter');
  await eventually(() => tab.focused(), 'message');
  await keyboard.type('by keyboard');
  await press('Enter');
  await other.sees('left ann: by keyboard');
  await keyboard.type('and again');
  await press('Enter');
  await tab.sees('right You: by keyboard', 'right You: and again');

  // Back through a long conversation, and to its end.
  await other.page.evaluate(() => {
    for (let i = 1; i <= 40; i += 1) {
      document.querySelector('#message').value = `line ${i}`;
      document.querySelector('#send').click();
    }
  });
  await eventually(async () => (await tab.messages()).length, 42);
  await tabTo('#chat', 'Shift+Tab');
  await press('Home');
  await eventually(() => tab.page.evaluate(() => document.querySelector('#chat').scrollTop), 0);
  await other.say('line 41');
  await tab.locator('#newest').waitFor();
  await tabTo('#newest');
  await press('Enter');
  await eventually(() => tab.focused(), 'message');
  await tabTo('#users-list');

  await tabTo('#leave', 'Shift+Tab');
  await press('Enter');
  await eventually(() => tab.focused(), 'server');
  await other.seesUsers('bob');
});

browserTest('Enter that ends the composition of a character does not send', async ({ open, use }) => {
  const server = await use(startServer('reference'));
  const tab = await open(PAGE_FROM_DISK);
  await tab.enter('ann', server.url);
  const devtools = await tab.page.context().newCDPSession(tab.page);
  await devtools.send('Input.imeSetComposition', { text: 'に', selectionStart: 1, selectionEnd: 1 });
  await devtools.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', windowsVirtualKeyCode: 229, key: 'Process', code: 'Enter' });
  await devtools.send('Input.insertText', { text: '日本' });
  await devtools.send('Input.dispatchKeyEvent', { type: 'keyUp', windowsVirtualKeyCode: 13, key: 'Enter', code: 'Enter' });
  assert.equal(await tab.value('#message'), '日本');
  assert.deepEqual(await tab.messages(), []);
  await tab.page.keyboard.press('Enter');
  await tab.sees('right You: 日本');
});

browserTest('screen readers hear new messages, the state and problems, and every control has a name', async ({ open, use }) => {
  const server = await use(startServer('reference'));
  const tab = await open(PAGE_FROM_DISK);
  const { page } = tab;
  const isThere = async (role, name) => assert.equal(await page.getByRole(role, { name, exact: true }).count(), 1, `${role} “${name}”`);
  await isThere('textbox', 'Address');
  await isThere('button', 'Connect');
  await isThere('list', 'Chatrooms');
  await page.fill('#server', '');
  await tab.click('#connect');
  assert.equal(await page.getByRole('alert').filter({ hasText: 'Type the address' }).count(), 1);
  await tab.connect(server.url);
  await isThere('textbox', 'Name');
  await page.fill('#name', 'ann');
  await tab.click('#set-name');
  await tab.isSignedInAs('ann');
  await tab.say('hello');
  await tab.sees('right You: hello');
  await isThere('log', 'Chat');  // a log is a polite live region
  assert.match(await page.getByRole('log').innerText(), /You:\s*hello/);
  await isThere('textbox', 'Message');
  await isThere('button', 'Send');
  await isThere('button', 'Leave');
  assert.equal(await page.getByRole('status').textContent(), 'Connected');
  assert.equal(await page.getByRole('group', { name: 'Users logged in:' }).getByRole('listitem').count(), 1);
  assert.equal(await page.title(), 'Mini Chat');
});

// -> what is wrong, as lines of text. Colours and all, in the state that the page is in.
async function faults(tab) {
  await tab.page.evaluate(AXE);
  const { violations, passes } = await tab.page.evaluate(() => window.axe.run(document, {
    resultTypes: ['violations', 'passes'],
    preload: false,  // it would fetch the style sheets, which a browser refuses for a page from disk
  }));
  assert.ok(passes.length > 10, 'axe has looked at the page');
  return violations.flatMap(({ id, impact, nodes }) => nodes.map(({ target, failureSummary }) => `${impact} ${id} ${target}: ${failureSummary}`));
}

for (const colorScheme of ['light', 'dark']) {
  for (const [size, viewport] of [['desktop', { width: 1100, height: 640 }], ['phone', { width: 360, height: 640 }]]) {
    browserTest(`axe-core finds nothing, ${colorScheme}, ${size}`, async ({ open, use, expectErrors }) => {
      const server = await use(startScriptedServer(room()));
      const tab = await open(PAGE_FROM_DISK, { colorScheme, viewport });
      await tab.page.fill('#server', 'wss://mine.example');
      await tab.click('#add-room');
      await tab.page.fill('#server', 'ftp://mine.example');
      await tab.click('#connect');
      assert.deepEqual(await faults(tab), []);

      await tab.connect(server.url);
      assert.deepEqual(await faults(tab), []);

      await tab.page.fill('#name', 'ann');
      await tab.click('#set-name');
      const [connection] = server.connections;
      connection.send({ type: 'login', users: ['ann', 'bob', ...Array.from({ length: 60 }, (_, i) => `user ${i}`)] });
      for (let i = 1; i <= 40; i += 1) connection.send({ type: 'chat', text: `message ${i}`, username: 'bob' });
      await tab.say('mine');
      await eventually(async () => (await tab.messages()).length, 41);
      assert.deepEqual(await faults(tab), []);

      await tab.page.hover('#chat');
      await tab.page.mouse.wheel(0, -500);
      await eventually(() => tab.page.evaluate(() => {
        const { scrollHeight, scrollTop, clientHeight } = document.querySelector('#chat');
        return scrollHeight - scrollTop - clientHeight > 400;
      }), true);
      connection.send({ type: 'chat', text: 'one more', username: 'bob' });
      await tab.locator('#newest').waitFor();
      expectErrors(CONNECTION_FAILED);
      await server.stop();
      await tab.hasStatus(/^Connection lost/);
      await tab.say('unsent');
      await tab.locator('#message-problem').waitFor();
      assert.ok(await tab.locator('#newest').isVisible());
      assert.deepEqual(await faults(tab), []);
    });
  }
}

browserTest('light and dark differ, and follow the system', async ({ open }) => {
  const tab = await open(PAGE_FROM_DISK, { colorScheme: 'light' });
  const background = () => tab.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await background();
  await tab.page.emulateMedia({ colorScheme: 'dark' });
  assert.notEqual(await background(), light);
});
