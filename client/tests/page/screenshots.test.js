// Pictures of the page, for people: written to SCREENSHOT_DIR (here: screenshots/). That the files are
// pictures of the right moment is all that is tested.
import assert from 'node:assert/strict';
import { mkdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { browserTest, PAGE_FROM_DISK } from './support/browser.js';
import { startServer } from './support/servers.js';

const FOLDER = process.env.SCREENSHOT_DIR || fileURLToPath(new URL('screenshots', import.meta.url));
mkdirSync(FOLDER, { recursive: true });

const DESKTOP = { viewport: { width: 1100, height: 640 }, deviceScaleFactor: 2 };
const PHONE = { viewport: { width: 390, height: 760 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true };
const DARK = { colorScheme: 'dark' };

async function picture(tab, name) {
  const path = join(FOLDER, `${name}.png`);
  await tab.page.mouse.move(0, 0);  // off the button that was clicked
  await tab.page.screenshot({ path });
  assert.ok(statSync(path).size > 10_000, `${path} is too small to show anything`);
}

browserTest('pictures of connecting', async ({ open, use }) => {
  const server = await use(startServer('reference'));
  const tab = await open(`${server.page}?name=ann`, DESKTOP);
  await tab.page.fill('#server', 'https://ab12-203-0-113-7.ngrok-free.app');
  await tab.click('#add-room');
  await picture(tab, 'connect');
  await picture(await open(server.page, { ...PHONE, ...DARK }), 'connect-phone');
  await tab.connect(server.url);
  await picture(tab, 'name');
  const unreachable = await open(PAGE_FROM_DISK, DESKTOP);
  await unreachable.page.fill('#server', 'ftp://chat.example.org');
  await unreachable.click('#connect');
  await picture(unreachable, 'connect-problem');
});

browserTest('pictures of people talking', async ({ open, use }) => {
  const server = await use(startServer('reference'));
  const people = { cat: await open(server.page) };
  people.ann = await open(server.page, DESKTOP);
  people.bob = await open(server.page, { ...DESKTOP, ...DARK });
  people['نورة'] = await open(server.page, PHONE);
  people['Dave'] = await open(server.page, { ...PHONE, ...DARK });
  const seen = [];
  for (const [name, tab] of Object.entries(people)) await tab.enter(name);
  for (const [name, text] of [
    ['cat', 'hey all!'],
    ['ann', 'Hi'],
    ['bob', 'Hey 👋 is your server up already?'],
    ['ann', 'It is: python3 app.py, and everybody gets my messages. The roster took me longest: take the leaver out of logged_in_users first, then send to the others.'],
    ['نورة', 'مرحبا بالجميع! كيف حالكم اليوم؟'],
    ['bob', 'wss://a-very-long-address-that-somebody-pastes-into-the-chat.example.org/lab08/and/so/on/and/so/forth?room=8'],
    ['cat', 'see you tomorrow'],
  ]) {
    await people[name].say(text);
    seen.push([name, text]);
    for (const [reader, tab] of Object.entries(people)) {
      await tab.sees(...seen.map(([who, what]) => who === reader ? `right You: ${what}` : `left ${who}: ${what}`));
    }
  }
  await people.cat.click('#leave');
  await people.bob.seesUsers('ann', 'bob', 'نورة', 'Dave');
  await people.ann.say('I think cat left!');
  seen.push(['ann', 'I think cat left!']);
  for (const name of ['bob', 'نورة', 'Dave']) {
    await people[name].sees(...seen.map(([who, what]) => who === name ? `right You: ${what}` : `left ${who}: ${what}`));
  }
  await people.ann.page.locator('.right', { hasText: 'I think cat left!' }).waitFor();
  await picture(people.ann, 'chat');
  await picture(people.bob, 'chat-dark');
  await picture(people['نورة'], 'chat-phone');
  await picture(people['Dave'], 'chat-phone-dark');
});

browserTest('a picture of a lost connection', async ({ open, use }) => {
  const server = await use(startServer('reference'));
  const tab = await open(PAGE_FROM_DISK, { ...DESKTOP, prepare: (context) => context.clock.install() });
  await tab.enter('ann', server.url);
  await tab.say('Hi');
  await tab.sees('right You: Hi');
  await tab.page.clock.pauseAt(Date.now() + 60_000);  // or it would be dialling by the time of the picture
  await server.stop();
  await tab.hasStatus(/Trying again/);
  await tab.page.clock.runFor(100);
  await tab.say('are you still there?');
  await picture(tab, 'lost');
});
