// The network is real: servers that are not there, that go and come back, that hang up; and messages that
// must not get lost silently.
import assert from 'node:assert/strict';
import { browserTest, CONNECTION_FAILED, eventually, PAGE_FROM_DISK } from './support/browser.js';
import { room, startScriptedServer } from './support/scripted-server.js';
import { startServer } from './support/servers.js';

for (const kind of ['reference', 'python']) {
  browserTest(`the ${kind} server is killed and started again: both tabs come back and log in by themselves`,
    async ({ open, use, expectErrors }) => {
      expectErrors(CONNECTION_FAILED);
      const first = await use(startServer(kind));
      const [ann, bob] = [await open(PAGE_FROM_DISK), await open(PAGE_FROM_DISK)];
      await ann.enter('ann', first.url);
      await bob.enter('bob', first.url);
      await ann.say('before');
      await bob.sees('left ann: before');

      await first.kill();
      await ann.hasStatus(/^Connection lost/);
      await ann.seesUsers();
      await use(startServer(kind, first.port));
      for (const tab of [ann, bob]) {
        await tab.hasStatus('Connected');
        await eventually(() => tab.roster(), (names) => names.toSorted().join() === 'ann,bob');
        await eventually(() => tab.text('#name-display'), (text) => text.startsWith('Signed in as'));
      }
      await bob.say('after');
      await ann.sees('right You: before', 'left bob: after');
      await bob.sees('left ann: before', 'right You: after');
      assert.match((await ann.notes()).join('\n'), /^Connection lost: .*\(1006\)\.\n(.*\n)*Connected again\.$/);
    });
}

browserTest('a server that is not there: said in words, and the address is there to be changed', async ({ open, use, expectErrors }) => {
  expectErrors(CONNECTION_FAILED);
  const server = await use(startServer('reference'));
  await server.kill();
  const tab = await open(PAGE_FROM_DISK);
  await tab.page.fill('#server', server.url);
  await tab.click('#connect');
  await eventually(() => tab.text('#server-problem'),
    `Could not connect to ${server.url}: no WebSocket server answered (1006). Is the server running, and is the address right?`);
  assert.equal(await tab.text('#ws-status'), 'Not connected');
  assert.equal(await tab.focused(), 'server');

  await use(startServer('reference', server.port));
  await tab.enter('ann');
  assert.equal(await tab.text('#server-problem'), '');
});

browserTest("the close code and the server's reason are shown, as text", async ({ open, use }) => {
  const server = await use(startScriptedServer(room()));
  const tab = await open(PAGE_FROM_DISK, { prepare: (context) => context.clock.install() });
  await tab.enter('ann', server.url);
  await tab.page.clock.pauseAt(Date.now() + 60_000);
  server.connections[0].close(1008, '<b>too slow</b>');
  await tab.hasStatus(/^Connection lost: it was against the rules of the server \(1008: <b>too slow<\/b>\)\. Trying again in about 1 s\.$/);
  assert.equal(await tab.page.getAttribute('body', 'data-connection'), 'lost');
});

// With the page's clock in our hands and a server that hangs up at once, each wait can be measured exactly.
browserTest('the waits between attempts double, and "Try now" skips one', async ({ open, use }) => {
  const server = await use(startScriptedServer(room()));
  const tab = await open(PAGE_FROM_DISK, { prepare: async (context) => {
    await context.clock.install();
    await context.addInitScript(() => {
      Math.random = () => 1;  // no jitter
      window.dialled = 0;
      window.WebSocket = class extends WebSocket {
        constructor(url) {
          super(url);
          window.dialled += 1;
        }
      };
    });
  } });
  const { clock } = tab.page;
  const dialled = () => tab.page.evaluate(() => window.dialled);
  const hasHungUp = (times) => eventually(
    () => tab.page.evaluate(() => [window.dialled, document.querySelector('#ws-status').textContent]),
    ([count, status]) => count === times && status.includes('Trying again'));

  await tab.enter('ann', server.url);
  await clock.pauseAt(Date.now() + 5_000);  // less than what makes a connection a stable one
  server.onconnected = (connection) => connection.close(1013);
  server.connections[0].close(1012);
  let attempts = 1;
  for (const wait of [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000]) {
    await hasHungUp(attempts);
    await clock.runFor(wait - 1);
    assert.equal(await dialled(), attempts, `dialled before ${wait} ms had passed`);
    await clock.runFor(1);
    attempts += 1;
    assert.equal(await dialled(), attempts, `not dialled after ${wait} ms`);
  }
  await hasHungUp(attempts);
  assert.match(await tab.text('#ws-status'), /too busy \(1013\)\. Trying again in about 30 s\.$/);

  server.onconnected = undefined;
  await tab.click('#retry');
  assert.equal(await dialled(), attempts + 1);
  await tab.hasStatus('Connected');
  await tab.isSignedInAs('ann');
  assert.equal(await tab.locator('#retry').isVisible(), false);

  // It holds for a while, so the next loss begins with a short wait again.
  await clock.runFor(10_001);
  server.connections.at(-1).close(1012);
  await hasHungUp(attempts + 1);
  await clock.runFor(500);
  assert.equal(await dialled(), attempts + 2);
});

browserTest('a host that never answers is given up', async ({ open }) => {
  const tab = await open(PAGE_FROM_DISK, { prepare: async (context) => {
    await context.clock.install();
    await context.addInitScript(() => {
      window.WebSocket = class {  // the network's silence, which no test may wait for
        close() { this.onclose({ code: 1006, reason: '' }); }
      };
    });
  } });
  await tab.page.fill('#server', 'ws://127.0.0.1:8081');
  await tab.click('#connect');
  await tab.hasStatus('Connecting to ws://127.0.0.1:8081 …');
  await tab.page.clock.runFor(10_000);
  assert.equal(await tab.text('#ws-status'), 'Not connected');
  assert.match(await tab.text('#server-problem'), /no WebSocket server answered/);
});

browserTest('a message typed while offline stays in the box until it can be sent', async ({ open, use, expectErrors }) => {
  expectErrors(CONNECTION_FAILED);
  const first = await use(startServer('reference'));
  const tab = await open(PAGE_FROM_DISK);
  await tab.enter('ann', first.url);
  await first.kill();
  await tab.hasStatus(/^Connection lost/);
  await tab.say('important');
  assert.equal(await tab.value('#message'), 'important');
  assert.match(await tab.text('#message-problem'), /Not connected. Your message stays here/);
  assert.equal(await tab.focused(), 'message');

  await use(startServer('reference', first.port));
  await tab.hasStatus('Connected');
  await tab.isSignedInAs('ann');
  assert.equal(await tab.value('#message'), 'important');
  assert.equal(await tab.text('#message-problem'), '');
  await tab.page.press('#message', 'Enter');
  await tab.sees('right You: important');
  assert.equal(await tab.value('#message'), '');
});

browserTest('a message that was sent but never came back is named when the connection breaks', async ({ open, use }) => {
  const lab = room();
  const server = await use(startScriptedServer((message, from, all) => message.text === 'swallowed'
    ? from.drop() : lab(message, from, all)));
  const tab = await open(PAGE_FROM_DISK);
  await tab.enter('ann', server.url);
  await tab.say('relayed');
  await tab.sees('right You: relayed');
  await tab.say('swallowed');
  await eventually(() => tab.notes(), ['Connection lost: it broke off without a word (1006).',
    'This may not have arrived: swallowed', 'Connected again.']);
  await tab.sees('right You: relayed');
});

browserTest('a connection lost before one has a name comes back too', async ({ open, use }) => {
  const server = await use(startScriptedServer(room()));
  const tab = await open(PAGE_FROM_DISK);
  await tab.connect(server.url);
  await tab.page.fill('#name', 'an');
  server.connections[0].drop();
  await eventually(() => server.connections.length, 2);
  await tab.hasStatus('Connected');
  assert.equal(await tab.value('#name'), 'an');
  await tab.page.fill('#name', 'ann');
  await tab.click('#set-name');
  await tab.isSignedInAs('ann');
});

browserTest('Leave while the connection is lost ends the attempts', async ({ open, use }) => {
  const server = await use(startScriptedServer(room()));
  const tab = await open(PAGE_FROM_DISK, { prepare: (context) => context.clock.install() });
  await tab.enter('ann', server.url);
  await tab.page.clock.pauseAt(Date.now() + 60_000);
  server.connections[0].drop();
  await tab.hasStatus(/Trying again/);
  await tab.click('#leave');
  assert.equal(await tab.text('#ws-status'), 'Not connected');
  await tab.page.clock.runFor(120_000);
  assert.equal(await tab.text('#ws-status'), 'Not connected');
  await tab.page.clock.resume();
  await tab.enter('eve', server.url);
  assert.equal(server.connections.length, 2);
});

browserTest('a page that stays after all (a link that turns out to be a download) comes back', async ({ open, use }) => {
  const server = await use(startScriptedServer(room()));
  const tab = await open(PAGE_FROM_DISK, { prepare: (context) =>
    context.route('**/handout.zip', (route) => route.fulfill({ status: 204 })) });
  await tab.enter('ann', server.url);
  await tab.page.evaluate(() => { location.href = 'http://127.0.0.1/handout.zip'; });
  const received = () => server.connections.map((connection) => connection.received.map(({ type }) => type));
  await eventually(received, [['login', 'disconnect'], ['login']]);
  await tab.isSignedInAs('ann');
  assert.deepEqual(received(), [['login', 'disconnect'], ['login']]);
});

browserTest("a server's error answer is shown to its user", async ({ open, use }) => {
  const server = await use(startServer('reference'));
  // Something on the way that spoils chats.
  const tab = await open(PAGE_FROM_DISK, { prepare: (context) => context.routeWebSocket(server.url, (socket) => {
    const upstream = socket.connectToServer();
    socket.onMessage((message) => upstream.send(message.includes('chat') ? 'not JSON' : message));
  }) });
  await tab.enter('ann', server.url);
  await tab.say('Hi');
  await eventually(() => tab.notes(), ([note, ...more]) => more.length === 0 && /^The server answered with an error: ./.test(note));
});
