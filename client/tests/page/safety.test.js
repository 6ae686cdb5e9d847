// What strangers and servers may send: markup, garbage, and far too much of everything. The page is opened
// from disk here, where no Content-Security-Policy would hide a mistake.
import assert from 'node:assert/strict';
import { browserTest, eventually, PAGE_FROM_DISK } from './support/browser.js';
import { room, startScriptedServer } from './support/scripted-server.js';
import { startServer } from './support/servers.js';

const ATTACKS = [
  '<img src=x onerror="window.harmed=1">',
  '<script>window.harmed=1</script>',
  '</div></main><style>*{display:none}</style>',
  '"><svg onload=window.harmed=1>',
  '<a href="javascript:window.harmed=1">click</a>',
  '&lt;b&gt; &amp; {{7*7}} ${7*7}',
];

const harmed = (tab) => tab.page.evaluate(() => window.harmed ?? null);
// Elements in the parts that show what others sent, by name.
const elements = (tab) => tab.page.evaluate(() =>
  [...new Set([...document.querySelectorAll('#chat *, #users-list *, #name-display *')].map((one) => one.localName))].sort());

browserTest('markup in names and chats is text, for the sender and for others', async ({ open, use }) => {
  const server = await use(startServer('reference'));
  const evil = await open(PAGE_FROM_DISK);
  const victim = await open(PAGE_FROM_DISK);
  await victim.enter('vic', server.url);
  const name = ATTACKS[0];
  await evil.enter(name, server.url);
  for (const attack of ATTACKS) await evil.say(attack);
  await victim.sees(...ATTACKS.map((attack) => `left ${name}: ${attack}`));
  await evil.sees(...ATTACKS.map((attack) => `right You: ${attack}`));
  await victim.seesUsers('vic', name);
  for (const tab of [evil, victim]) {
    assert.deepEqual(await elements(tab), ['bdi', 'div', 'li', 'span', 'ul']);
    assert.equal(await harmed(tab), null);
  }
});

browserTest('markup from the server itself is text too: rosters, errors, close reasons, links', async ({ open, use }) => {
  const server = await use(startScriptedServer(room()));
  const tab = await open(`${PAGE_FROM_DISK}?${new URLSearchParams({ server: ATTACKS[0], name: ATTACKS[0] })}`);
  assert.equal(await tab.value('#server'), ATTACKS[0]);
  await tab.click('#connect');
  await eventually(() => tab.text('#server-problem'), `“${ATTACKS[0]}” is not an address. It should look like ws://localhost:8081.`);
  await tab.enter('ann', server.url);
  const [connection] = server.connections;
  connection.send({ type: 'login', users: ATTACKS });
  connection.send({ error: ATTACKS[0] });
  await tab.seesUsers(...ATTACKS);
  await eventually(() => tab.notes(), [`The server answered with an error: ${ATTACKS[0]}`]);
  assert.deepEqual(await elements(tab), ['bdi', 'div', 'li', 'ul']);
  connection.close(4000, ATTACKS[0]);
  await eventually(() => tab.notes(), (notes) => notes[1]?.endsWith(`(4000: ${ATTACKS[0]}).`));
  assert.deepEqual(await elements(tab), ['bdi', 'div', 'ul']);
  assert.equal(await harmed(tab), null);
});

const GARBAGE = [
  'not JSON', '', '{', '{"type":"chat"', 'null', '[]', '["login"]', '42', '"chat"', 'true', '{}', '\u0000', '🙂',
  '{"type":null}', '{"type":"LOGIN","users":["x"]}', '{"type":"message","text":"x"}', '{"type":["chat"],"text":"x"}',
  '{"type":"login"}', '{"type":"login","users":"ann"}', '{"type":"login","users":{"0":"ann"}}', '{"type":"disconnect","users":null}',
  '{"type":"chat"}', '{"type":"chat","text":null}', '{"type":"chat","text":{"toString":1}}', '{"type":"chat","text":["x"]}',
  '{"type":"__proto__"}', '{"__proto__":{"type":"chat","text":"x"}}', '{"error":42}', '['.repeat(20_000),
  Buffer.from([1, 2, 3]), 'x'.repeat(1_000_000),
];

browserTest('garbage is ignored, with one console line each, and the chat goes on', async ({ open, use }) => {
  const server = await use(startScriptedServer(room()));
  const tab = await open(PAGE_FROM_DISK);
  await tab.enter('ann', server.url);
  await tab.seesUsers('ann');
  const lines = [];
  tab.page.on('console', (line) => lines.push(line.text()));
  for (const frame of GARBAGE) server.connections[0].send(frame);
  await tab.say('still here');
  await tab.sees('right You: still here');
  assert.deepEqual(await tab.roster(), ['ann']);
  assert.deepEqual(await tab.notes(), []);
  await eventually(() => lines.length, GARBAGE.length);
  for (const line of lines) {
    assert.match(line, /^(Not a JSON object|Unrecognized message type):/);
    assert.ok(line.length < 1000, 'a console line is short');
  }
});

browserTest('strange names and texts get a readable form', async ({ open, use }) => {
  const server = await use(startScriptedServer(room()));
  const tab = await open(PAGE_FROM_DISK);
  await tab.enter('ann', server.url);
  const [connection] = server.connections;
  connection.send({ type: 'login', users: ['ann', null, '', '  ', 7, {}, ['x'], 'n'.repeat(5000)] });
  await tab.seesUsers('ann', '(no name)', '(no name)', '(no name)', '7', '(no name)', '(no name)', 'n'.repeat(200));
  connection.send({ type: 'chat', text: 'who am I?' });
  connection.send({ type: 'chat', text: '', username: 'quiet' });
  connection.send({ type: 'chat', text: 'one\ntwo', username: 'lines' });
  connection.send({ type: 'chat', text: 'l'.repeat(100_000), username: 'long' });
  await tab.sees('left (no name): who am I?', 'left quiet: ', 'left lines: one\ntwo', `left long: ${'l'.repeat(20_000)}`);
});

browserTest('a roster of 10,000 shows the first and counts the rest', async ({ open, use }) => {
  const server = await use(startScriptedServer(room()));
  const tab = await open(PAGE_FROM_DISK);
  await tab.enter('ann', server.url);
  const names = Array.from({ length: 10_000 }, (_, i) => `user ${i}`);
  server.connections[0].send({ type: 'login', users: names });
  await tab.seesUsers(...names.slice(0, 500), 'and 9500 more');
});

// A page that is frozen answers nothing: between bursts it has to take typing and clicks.
browserTest('10,000 messages: old ones leave the page, and it stays usable', async ({ open, use }) => {
  const server = await use(startScriptedServer(room()));
  const tab = await open(PAGE_FROM_DISK);
  await tab.enter('ann', server.url);
  const [connection] = server.connections;
  await tab.page.evaluate(() => {
    window.most = 0;
    const chat = document.querySelector('#chat');
    new MutationObserver(() => { window.most = Math.max(window.most, chat.childElementCount); }).observe(chat, { childList: true });
  });
  for (let burst = 0; burst < 5; burst += 1) {
    for (let i = 1; i <= 2000; i += 1) connection.send({ type: 'chat', text: `message ${burst * 2000 + i}`, username: 'bot' });
    await tab.say(`burst ${burst}`);
    await tab.locator('.right', { hasText: `burst ${burst}` }).waitFor();
  }
  const messages = await tab.messages();
  assert.equal(messages.length, 500);
  assert.deepEqual(messages.slice(-2), ['left bot: message 10000', 'right You: burst 4']);
  assert.equal(messages[0], 'left bot: message 9502');
  assert.ok(await tab.page.evaluate(() => window.most) <= 500, 'the page never held more than it keeps');
});

browserTest('5,000 messages through the reference server, to somebody who only listens', async ({ open, use }) => {
  const server = await use(startServer('reference'));
  const listener = await open(PAGE_FROM_DISK);
  await listener.enter('ann', server.url);
  const { WebSocket } = await import('ws');
  const bot = new WebSocket(server.url);
  await new Promise((resolve) => bot.once('open', resolve));
  bot.send(JSON.stringify({ type: 'login', username: 'bot' }));
  for (let i = 1; i <= 5000; i += 1) bot.send(JSON.stringify({ type: 'chat', text: `message ${i}`, username: 'bot' }));
  await eventually(async () => (await listener.messages()).at(-1), 'left bot: message 5000');
  assert.equal((await listener.messages()).length, 500);
  await listener.say('that was a lot');
  await eventually(async () => (await listener.messages()).at(-1), 'right You: that was a lot');
  bot.terminate();
});

browserTest("nothing of the page needs what the reference server's policy forbids", async ({ open, use, expectErrors }) => {
  const server = await use(startServer('reference'));
  const tab = await open(server.page, { prepare: (context) => context.addInitScript(() => {
    window.violations = [];
    document.addEventListener('securitypolicyviolation', (event) => window.violations.push(event.violatedDirective));
  }) });
  await tab.enter('ann');
  await tab.say(ATTACKS[0]);
  await tab.sees(`right You: ${ATTACKS[0]}`);
  await tab.click('#leave');
  assert.deepEqual(await tab.page.evaluate(() => window.violations), []);
  // The policy is on: an inline script does not run.
  expectErrors(/^Executing inline script violates/);
  await tab.page.evaluate(() => {
    const script = document.createElement('script');
    script.textContent = 'window.harmed = 1';
    document.body.append(script);
  });
  assert.equal(await harmed(tab), null);
});
