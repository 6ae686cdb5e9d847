// Who said it, and what one sees of a long conversation.
import assert from 'node:assert/strict';
import { browserTest, eventually, PAGE_FROM_DISK } from './support/browser.js';
import { room, startScriptedServer } from './support/scripted-server.js';
import { startServer } from './support/servers.js';

const PHONE = { viewport: { width: 320, height: 560 }, isMobile: true, hasTouch: true };

for (const kind of ['reference', 'python', 'node']) {
  browserTest(`two people of one name, on the ${kind} server: each sees their own on the right`, async ({ open, use }) => {
    const { url } = await use(startServer(kind));
    const [one, two] = [await open(PAGE_FROM_DISK), await open(PAGE_FROM_DISK)];
    await one.enter('sam', url);
    await two.enter('sam', url);
    await one.seesUsers('sam', 'sam');
    await one.say('hi');
    await two.sees('left sam: hi');
    await two.say('hi');
    await two.sees('left sam: hi', 'right You: hi');
    await one.sees('right You: hi', 'left sam: hi');
  });
}

browserTest('the same on a server that relays type, text and username only', async ({ open, use }) => {
  const { url } = await use(startScriptedServer(room(({ type, text, username }) => ({ type, text, username }))));
  const [one, two] = [await open(PAGE_FROM_DISK), await open(PAGE_FROM_DISK)];
  await one.enter('sam', url);
  await two.enter('sam', url);
  await one.say('hi');
  await two.sees('left sam: hi');
  await two.say('hi');
  await two.sees('left sam: hi', 'right You: hi');
  await one.sees('right You: hi', 'left sam: hi');
  await one.say('only me');
  await one.sees('right You: hi', 'left sam: hi', 'right You: only me');
  await two.sees('left sam: hi', 'right You: hi', 'left sam: only me');
});

browserTest("a namesake's same words just before one's own come back: put right as soon as that is known", async ({ open, use }) => {
  const lab = room();
  const server = await use(startScriptedServer((message, from, all) => {
    if (message.type === 'chat') from.send({ type: 'chat', text: message.text, username: 'sam' });  // the namesake's
    lab(message, from, all);
  }));
  const tab = await open(PAGE_FROM_DISK);
  await tab.enter('sam', server.url);
  await tab.say('hi');
  await tab.sees('left sam: hi', 'right You: hi');
  await tab.say('hi');
  await tab.sees('left sam: hi', 'right You: hi', 'left sam: hi', 'right You: hi');
});

browserTest("somebody who copies one's nonce cannot put words into one's mouth", async ({ open, use }) => {
  const lab = room();
  const server = await use(startScriptedServer((message, from, all) => {
    lab(message, from, all);
    if (message.type === 'chat') from.send({ ...message, text: 'I give up' });
  }));
  const tab = await open(PAGE_FROM_DISK);
  await tab.enter('sam', server.url);
  await tab.say('hi');
  await tab.sees('right You: hi', 'left sam: I give up');
});

// ---- Scrolling ---------------------------------------------------------------------------------------

const fromEnd = (tab) => tab.page.evaluate(() => {
  const { scrollHeight, scrollTop, clientHeight } = document.querySelector('#chat');
  return Math.round(scrollHeight - scrollTop - clientHeight);
});

// -> the line at the top edge of what is visible, and where it is.
const topLine = (tab) => tab.page.evaluate(() => {
  const chat = document.querySelector('#chat').getBoundingClientRect();
  const line = [...document.querySelectorAll('#chat > *')].find((one) => one.getBoundingClientRect().bottom > chat.top);
  return { text: line.textContent, top: line.getBoundingClientRect().top };
});

async function isStillAt(tab, place) {
  const { text, top } = await topLine(tab);
  assert.equal(text, place.text);
  assert.ok(Math.abs(top - place.top) <= 1, `moved by ${top - place.top} px`);  // scroll positions are rounded
}

async function longConversation({ open, use }, options) {
  const server = await use(startScriptedServer(room()));
  const tab = await open(PAGE_FROM_DISK, options);
  await tab.enter('ann', server.url);
  let count = 0;
  const more = async (times) => {
    for (let i = 0; i < times; i += 1) server.connections[0].send({ type: 'chat', text: `message ${++count}`, username: 'bot' });
    await eventually(async () => (await tab.messages()).at(-1), `left bot: message ${count}`);
  };
  await more(60);
  return { tab, more };
}

async function scrollUp(tab) {
  await tab.page.hover('#chat');
  await tab.page.mouse.wheel(0, -600);
  await eventually(() => fromEnd(tab), (distance) => distance >= 550);
}

browserTest('the newest message is in view until one scrolls up', async ({ open, use }) => {
  const { tab, more } = await longConversation({ open, use });
  assert.equal(await fromEnd(tab), 0);
  assert.equal(await tab.locator('#newest').isVisible(), false);

  await scrollUp(tab);
  const place = await topLine(tab);
  await more(1);
  await isStillAt(tab, place);
  assert.equal(await tab.text('#newest'), '1 new message ↓');
  await more(20);
  await isStillAt(tab, place);
  assert.equal(await tab.text('#newest'), '21 new messages ↓');

  await tab.click('#newest');
  assert.equal(await fromEnd(tab), 0);
  assert.equal(await tab.locator('#newest').isVisible(), false);
  assert.equal(await tab.focused(), 'message');
  await more(5);
  assert.equal(await fromEnd(tab), 0);
});

browserTest('scrolling back to the end follows again, and so does sending', async ({ open, use }) => {
  const { tab, more } = await longConversation({ open, use });
  await scrollUp(tab);
  await more(3);
  await tab.page.mouse.wheel(0, 100_000);
  await eventually(() => fromEnd(tab), 0);
  await tab.locator('#newest').waitFor({ state: 'hidden' });
  await more(3);
  assert.equal(await fromEnd(tab), 0);

  await scrollUp(tab);
  await tab.say('my turn');
  await eventually(async () => (await tab.messages()).at(-1), 'right You: my turn');
  assert.equal(await fromEnd(tab), 0);
});

browserTest('a reader keeps their place while old messages leave above it', async ({ open, use }) => {
  const { tab, more } = await longConversation({ open, use });
  await more(430);
  await scrollUp(tab);
  const place = await topLine(tab);
  await more(100);
  assert.equal((await tab.messages()).length, 500);
  await isStillAt(tab, place);
});

browserTest('a window that gets lower, as above a phone\'s keyboard, still shows the newest', async ({ open, use }) => {
  const { tab } = await longConversation({ open, use }, PHONE);
  await tab.page.setViewportSize({ width: 320, height: 300 });
  await eventually(() => fromEnd(tab), 0);
});

// ---- Words of every kind -------------------------------------------------------------------------------

for (const [where, options] of [['on a desktop', {}], ['on a narrow phone', PHONE]]) {
  browserTest(`long words wrap, in chats, names and addresses, ${where}`, async ({ open, use }) => {
    const server = await use(startScriptedServer(room()));
    const tab = await open(PAGE_FROM_DISK, options);
    const fits = () => tab.page.evaluate(() => ['html', '#chat', '#users-list', 'main'].filter((selector) => {
      const element = document.querySelector(selector);
      return element.scrollWidth > element.clientWidth;
    }));
    await tab.page.fill('#server', `wss://${'long.'.repeat(30)}example`);
    await tab.click('#add-room');
    assert.deepEqual(await fits(), []);
    await tab.enter('w'.repeat(64), `${server.url}/${'path'.repeat(60)}`);
    server.connections[0].send({ type: 'chat', text: 'x'.repeat(3000), username: 'n'.repeat(300) });
    await eventually(() => tab.messages(), ({ length }) => length === 1);
    await tab.say('y'.repeat(3000));
    await eventually(() => tab.messages(), ({ length }) => length === 2);
    assert.deepEqual(await fits(), []);
    assert.ok(await tab.locator('#send').isVisible());
    assert.ok(await tab.page.evaluate(() => document.querySelector('#send').getBoundingClientRect().bottom <= innerHeight));
  });
}

browserTest('right-to-left text and emoji keep their direction and their characters', async ({ open, use }) => {
  const server = await use(startServer('reference'));
  const tab = await open(PAGE_FROM_DISK);
  const other = await open(PAGE_FROM_DISK);
  await tab.enter('نورة', server.url);
  await other.enter('👩‍👩‍👧', server.url);
  const texts = ['مرحبا بالجميع! (1)', 'שלום, world', 'left to right', '👩🏽‍🚀🇺🇳❤️‍🔥'];
  for (const text of texts) await tab.say(text);
  await other.sees(...texts.map((text) => `left نورة: ${text}`));
  await tab.seesUsers('نورة', '👩‍👩‍👧');
  const directions = await other.page.evaluate(() =>
    [...document.querySelectorAll('#chat .text')].map((text) => getComputedStyle(text).direction));
  assert.deepEqual(directions, ['rtl', 'rtl', 'ltr', 'ltr']);
  // The field turns too.
  await tab.page.fill('#message', 'مرحبا');
  assert.equal(await tab.page.evaluate(() => getComputedStyle(document.querySelector('#message')).direction), 'rtl');
});
