// The lab's flow: connect, log in, chat, see who is there, leave. With the reference server and with
// servers in other languages.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { browserTest, eventually, PAGE_FOLDER, PAGE_FROM_DISK } from './support/browser.js';
import { startScriptedServer } from './support/scripted-server.js';
import { startFileServer, startServer } from './support/servers.js';

for (const kind of ['reference', 'python', 'node']) {
  browserTest(`two tabs chat through the ${kind} server, and one sees the other's tab close`, async ({ open, use }) => {
    const server = await use(startServer(kind));
    const a = await open(PAGE_FROM_DISK);
    const b = await open(PAGE_FROM_DISK);
    await a.enter('a', server.url);
    await a.seesUsers('a');
    await b.enter('b', server.url);
    await a.seesUsers('a', 'b');
    await b.seesUsers('a', 'b');

    await a.say('Hi');
    await b.sees('left a: Hi');
    await b.say('Hey');
    await a.sees('right You: Hi', 'left b: Hey');
    await b.sees('left a: Hi', 'right You: Hey');

    await b.page.close({ runBeforeUnload: true });
    await a.seesUsers('a');
    await a.say('still here');
    await a.sees('right You: Hi', 'left b: Hey', 'right You: still here');
  });
}

browserTest("the lab's buttons, with the mouse", async ({ open, use }) => {
  const server = await use(startServer('reference'));
  const tab = await open(PAGE_FROM_DISK);
  assert.equal(await tab.locator('#name').isVisible(), false);
  await tab.page.fill('#server', server.url);
  await tab.click('#connect');
  await tab.hasStatus('Connected');
  assert.equal(await tab.locator('#server').isVisible(), false);
  assert.equal(await tab.locator('#chat').isVisible(), false);
  await tab.page.fill('#name', 'ann');
  await tab.click('#set-name');
  await tab.isSignedInAs('ann');
  assert.equal(await tab.locator('#name').isVisible(), false);
  await tab.page.fill('#message', 'Hi');
  await tab.click('#send');
  await tab.sees('right You: Hi');
  assert.equal(await tab.value('#message'), '');
  assert.equal(await tab.focused(), 'message');
});

browserTest('the reference server serves the page, and the page offers that server', async ({ open, use }) => {
  const server = await use(startServer('reference'));
  const a = await open(server.page);
  const b = await open(`${server.page}index.html`);
  assert.equal(await a.value('#server'), server.url);
  await a.enter('a');
  await b.enter('b');
  await a.say('Hi');
  await b.sees('left a: Hi');
});

browserTest('the reference server serves every file of the page, as it is, with its type and a strict policy', async ({ use }) => {
  const server = await use(startServer('reference'));
  const types = { html: 'text/html', css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' };
  for (const name of ['', ...readdirSync(PAGE_FOLDER)]) {
    const response = await fetch(server.page + name);
    const file = name || 'index.html';
    assert.equal(response.status, 200, `${file} is not served`);
    assert.equal(await response.text(), readFileSync(new URL(file, PAGE_FOLDER), 'utf8'), `${file} is another one`);
    assert.equal(response.headers.get('content-type').split(';')[0], types[file.split('.').pop()]);
    const policy = response.headers.get('content-security-policy');
    assert.match(policy, /default-src '(none|self)'/);
    assert.doesNotMatch(policy, /unsafe/);
  }
});

browserTest('any web server will do, in any folder', async ({ open, use }) => {
  const files = await use(startFileServer(PAGE_FOLDER));
  const server = await use(startServer('reference'));
  const tab = await open(`${files.origin}/~ann/lab08/client/`);
  assert.equal(await tab.value('#server'), `${files.origin.replace('http', 'ws')}/~ann/lab08/client/`);
  await tab.enter('ann', server.url);
  await tab.say('Hi');
  await tab.sees('right You: Hi');
});

browserTest("the protocol's messages, as the hand-out has them", async ({ open, use }) => {
  const server = await use(startScriptedServer());
  const tab = await open(PAGE_FROM_DISK);
  await tab.join('ann', server.url);
  await tab.say('is this working?');
  await tab.click('#leave');
  const [connection] = server.connections;
  await eventually(() => connection.closeCode, 1000);
  const [login, { nonce, ...chat }, disconnect, ...more] = connection.received;
  assert.deepEqual(login, { type: 'login', username: 'ann' });
  assert.deepEqual(chat, { type: 'chat', text: 'is this working?', username: 'ann' });
  assert.match(nonce, /^\w{8,}$/);
  assert.deepEqual(disconnect, { type: 'disconnect', username: 'ann' });
  assert.deepEqual(more, []);
});

for (const [how, goAway] of [
  ['closed', (tab) => tab.page.close({ runBeforeUnload: true })],
  ['reloaded', (tab) => tab.page.reload()],
  ['taken to another page', (tab) => tab.page.goto('about:blank')],
]) {
  browserTest(`a tab that is ${how} says "disconnect", once, then closes`, async ({ open, use }) => {
    const server = await use(startScriptedServer());
    const tab = await open(PAGE_FROM_DISK);
    await tab.join('ann', server.url);
    await goAway(tab);
    const [connection] = server.connections;
    await eventually(() => connection.closeCode, (code) => code !== null);
    assert.deepEqual(connection.received, [{ type: 'login', username: 'ann' }, { type: 'disconnect', username: 'ann' }]);
  });
}

browserTest('before one has a name, nothing is sent, not even a goodbye', async ({ open, use }) => {
  const server = await use(startScriptedServer());
  const tab = await open(PAGE_FROM_DISK);
  await tab.connect(server.url);
  await tab.page.fill('#name', '   ');
  await tab.click('#set-name');
  assert.equal(await tab.focused(), 'name');
  await tab.click('#back');
  await eventually(() => server.connections[0].closeCode, 1000);
  assert.deepEqual(server.connections[0].received, []);
  assert.equal(await tab.focused(), 'server');
});

browserTest('Leave, and another room without reloading', async ({ open, use }) => {
  const first = await use(startServer('reference'));
  const second = await use(startServer('node'));
  const ann = await open(first.page);
  const bob = await open(first.page);
  await bob.enter('bob');
  await ann.enter('ann');
  await ann.say('here');
  await bob.sees('left ann: here');

  await ann.click('#leave');
  await bob.seesUsers('bob');
  assert.equal(await ann.text('#ws-status'), 'Not connected');
  assert.equal(await ann.focused(), 'server');
  assert.equal(await ann.value('#name'), 'ann');

  await ann.enter('ann', second.url);
  await ann.seesUsers('ann');
  await ann.say('there');
  await ann.sees('right You: there');
  await bob.say('gone?');
  await bob.sees('left ann: here', 'right You: gone?');
});

browserTest('an address that is changed while connecting: only the last one counts', async ({ open, use }) => {
  const first = await use(startScriptedServer());
  const second = await use(startScriptedServer());
  const tab = await open(PAGE_FROM_DISK);
  await tab.page.evaluate(([a, b]) => {
    for (const url of [a, b]) {
      document.querySelector('#server').value = url;
      document.querySelector('#connect').click();
    }
  }, [first.url, second.url]);
  await tab.locator('#name').waitFor();
  await tab.page.fill('#name', 'ann');
  await tab.click('#set-name');
  await eventually(() => second.connections[0].received, [{ type: 'login', username: 'ann' }]);
  assert.deepEqual(first.connections.flatMap(({ received }) => received), []);
});

browserTest('later editions of the lab name the roster active_users', async ({ open, use }) => {
  const server = await use(startScriptedServer((message, from) =>
    from.send({ type: 'login', active_users: ['ann', 'bob'], user_joined: 'ann' })));
  const tab = await open(PAGE_FROM_DISK);
  await tab.enter('ann', server.url);
  await tab.seesUsers('ann', 'bob');
});

browserTest('an empty message is not sent; spaces inside one are kept', async ({ open, use }) => {
  const server = await use(startServer('reference'));
  const tab = await open(server.page);
  await tab.enter('ann');
  await tab.say('');
  await tab.say('   ');
  await tab.say('  two  spaces ');
  await tab.sees('right You:   two  spaces ');
});
