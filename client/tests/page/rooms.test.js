// The list of chatrooms, the addresses one may type, and links to a room.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { browserTest, eventually, PAGE_FOLDER, PAGE_FROM_DISK } from './support/browser.js';
import { startScriptedServer } from './support/scripted-server.js';
import { startServer } from './support/servers.js';

const MY_COMPUTER = 'ws://localhost:8081';
const COURSE = 'wss://chat-server-cs396.herokuapp.com';

browserTest('from disk: this computer and the course server to pick from', async ({ open }) => {
  const tab = await open(PAGE_FROM_DISK);
  assert.deepEqual(await tab.rooms(), [MY_COMPUTER, COURSE]);
  assert.equal(await tab.value('#server'), MY_COMPUTER);
  assert.equal(await tab.locator('#rooms [aria-pressed="true"]').textContent(), `My computer ${MY_COMPUTER}`);
  await tab.click(`#rooms .pick[data-url="${COURSE}"]`);
  assert.equal(await tab.value('#server'), COURSE);
  assert.equal(await tab.locator('#rooms [aria-pressed="true"]').textContent(), `The course server ${COURSE}`);
  assert.equal(await tab.focused(), 'connect');
});

browserTest('from a server: that server first', async ({ open, use }) => {
  const server = await use(startServer('reference'));
  const tab = await open(server.page);
  assert.deepEqual(await tab.rooms(), [server.url, MY_COMPUTER, COURSE]);
  assert.equal(await tab.value('#server'), server.url);
});

browserTest('from the server on this computer: listed once', async ({ open }) => {
  const tab = await open('http://localhost:8081/', { prepare: servePageAt('http://localhost:8081/') });
  assert.deepEqual(await tab.rooms(), [MY_COMPUTER, COURSE]);
  assert.equal(await tab.text('#rooms .label'), 'This server');
});

browserTest('rooms are added in the right form, kept, and removed', async ({ open }) => {
  const tab = await open(PAGE_FROM_DISK);
  for (const typed of ['https://ab12.ngrok.io/', 'anns-laptop:8081', 'ab12.ngrok.io', MY_COMPUTER]) {
    await tab.page.fill('#server', typed);
    await tab.click('#add-room');
  }
  const [tunnel, ann] = ['wss://ab12.ngrok.io', 'ws://anns-laptop:8081'];
  assert.deepEqual(await tab.rooms(), [MY_COMPUTER, COURSE, ann, tunnel]);
  assert.equal(await tab.value('#server'), MY_COMPUTER);

  await tab.page.reload();
  assert.deepEqual(await tab.rooms(), [MY_COMPUTER, COURSE, ann, tunnel]);
  assert.equal(await tab.locator('#rooms .remove').count(), 2);

  await tab.page.getByRole('button', { name: `Remove ${ann} from the list` }).click();
  assert.deepEqual(await tab.rooms(), [MY_COMPUTER, COURSE, tunnel]);
  assert.equal(await tab.focused(), 'server');
  await tab.page.reload();
  assert.deepEqual(await tab.rooms(), [MY_COMPUTER, COURSE, tunnel]);
});

browserTest('two tabs share the list', async ({ open }) => {
  const one = await open(PAGE_FROM_DISK);
  const two = await one.openBeside(PAGE_FROM_DISK);
  const add = (tab, url) => tab.page.evaluate((address) => {  // no click: it waits for a tab behind to be drawn
    document.querySelector('#server').value = address;
    document.querySelector('#add-room').click();
  }, url);
  await add(one, 'wss://one.example');
  await eventually(() => two.rooms(), [MY_COMPUTER, COURSE, 'wss://one.example']);
  await add(two, 'wss://two.example');
  await eventually(() => one.rooms(), [MY_COMPUTER, COURSE, 'wss://one.example', 'wss://two.example']);
});

browserTest('what is no address is not added, and one is told why', async ({ open }) => {
  const tab = await open(PAGE_FROM_DISK);
  await tab.page.fill('#server', 'ftp://files.example');
  await tab.click('#add-room');
  assert.match(await tab.text('#server-problem'), /begins with ws:\/\/ or wss:\/\/, not with ftp:\/\//);
  assert.equal(await tab.page.getAttribute('#server', 'aria-invalid'), 'true');
  assert.equal(await tab.value('#server'), 'ftp://files.example');
  assert.equal(await tab.focused(), 'server');
  assert.deepEqual(await tab.rooms(), [MY_COMPUTER, COURSE]);
  await tab.click('#rooms .pick');
  assert.equal(await tab.text('#server-problem'), '');
  assert.equal(await tab.page.getAttribute('#server', 'aria-invalid'), null);
});

for (const [what, script] of [
  ['refuses storage', () => Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('no', 'SecurityError'); } })],
  ['has a full storage', () => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }],
]) {
  browserTest(`a browser that ${what}: rooms last as long as the page, and one is told`, async ({ open, use }) => {
    const server = await use(startServer('reference'));
    const tab = await open(PAGE_FROM_DISK, { prepare: (context) => context.addInitScript(script) });
    await tab.page.fill('#server', server.url);
    await tab.click('#add-room');
    assert.deepEqual(await tab.rooms(), [MY_COMPUTER, COURSE, server.url]);
    assert.match(await tab.text('#server-problem'), /^Added, but only until this page is closed/);
    await tab.click('#rooms .remove');
    assert.deepEqual(await tab.rooms(), [MY_COMPUTER, COURSE]);
    await tab.enter('ann', server.url);
  });
}

for (const [what, stored] of [
  ['no JSON', '{{{'],
  ['no list', '{"length":3}'],
  ['nothing', 'null'],
  ['a list of all sorts', JSON.stringify([1, null, {}, 'ftp://x', 'a b', 'ws://ok.example', 'ws://ok.example', MY_COMPUTER])],
]) {
  browserTest(`a stored list that is ${what} does not break the page`, async ({ open }) => {
    const tab = await open(PAGE_FROM_DISK, { prepare: (context) =>
      context.addInitScript((text) => {
        if (location.protocol === 'file:') localStorage.setItem('chatlab.rooms', text);
      }, stored) });
    const own = what === 'a list of all sorts' ? ['ws://ok.example'] : [];
    assert.deepEqual(await tab.rooms(), [MY_COMPUTER, COURSE, ...own]);
  });
}

browserTest('what one types becomes the address that is dialled', async ({ open, use }) => {
  const server = await use(startServer('reference'));
  const tab = await open(PAGE_FROM_DISK);
  for (const typed of [`http://127.0.0.1:${server.port}/`, `127.0.0.1:${server.port}`, `  "${server.url}" `, `${server.port}`]) {
    await tab.connect(typed);
    assert.equal(await tab.value('#server'), typed === `${server.port}` ? `ws://localhost:${server.port}` : server.url);
    await tab.click('#back');
  }
});

// A page at any address, without a server there: what a browser does depends on the address alone.
function servePageAt(base) {
  return (context) => context.route(`${base}**`, async (route) => {
    const name = new URL(route.request().url()).pathname.split('/').pop() || 'index.html';
    const contentType = { html: 'text/html', css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' }[name.split('.').pop()];
    await route.fulfill({ contentType, body: await readFile(new URL(name, PAGE_FOLDER)) });
  });
}

browserTest('ws:// from an https page is explained, with the way out', async ({ open }) => {
  const tab = await open('https://chat.example/', { prepare: servePageAt('https://chat.example/') });
  assert.deepEqual(await tab.rooms(), ['wss://chat.example', MY_COMPUTER, COURSE]);
  await tab.page.fill('#server', 'ws://192.168.1.7:8081');
  await tab.click('#connect');
  assert.equal(await tab.text('#server-problem'), 'This page came over https://, and a browser lets such a page talk to ' +
    'encrypted servers only (wss://). Try wss://192.168.1.7:8081 if the server has it: a tunnel such as ngrok gives it one. ' +
    'Or open this page from disk or over http://.');
  assert.equal(await tab.focused(), 'server');
  assert.equal(await tab.text('#ws-status'), 'Not connected');
});

browserTest('a link fills in the room and the name, and sends nothing by itself', async ({ open, use }) => {
  const server = await use(startScriptedServer());
  const tab = await open(`${PAGE_FROM_DISK}?${new URLSearchParams({ server: server.url.replace('ws:', 'http:') + '/', name: 'Zoë & co' })}`);
  assert.equal(await tab.value('#server'), server.url);
  assert.equal(await tab.focused(), 'connect');
  await tab.page.keyboard.press('Enter');
  await tab.locator('#name').waitFor();
  assert.equal(server.connections.length, 1);
  assert.equal(await tab.value('#name'), 'Zoë & co');
  assert.deepEqual(server.connections[0].received, []);
  await tab.page.keyboard.press('Enter');
  await eventually(() => server.connections[0].received, [{ type: 'login', username: 'Zoë & co' }]);
});

browserTest('the link to a room opens that room in a new tab, from a server and from disk', async ({ open, use }) => {
  const page = await use(startServer('reference'));
  const other = await use(startServer('node'));
  for (const url of [page.page, PAGE_FROM_DISK]) {
    const tab = await open(url);
    await tab.enter('ann', other.url);
    assert.equal(await tab.text('#share'), other.url);
    const [opened] = await Promise.all([tab.page.waitForEvent('popup'), tab.click('#share')]);
    await opened.waitForLoadState();
    assert.equal(await opened.inputValue('#server'), other.url);
    assert.equal(await opened.inputValue('#name'), '');
    await tab.say('still in');
    await tab.sees('right You: still in');
  }
});
