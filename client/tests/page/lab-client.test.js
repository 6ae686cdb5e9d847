// A client written to the hand-out works with the reference server as it is, alone and in one room with
// the finished page.
import assert from 'node:assert/strict';
import { browserTest, eventually, PAGE_FROM_DISK } from './support/browser.js';
import { startServer } from './support/servers.js';

const LAB_CLIENT = new URL('lab-client/index.html', import.meta.url).href;

// Its lines are divs in #chat, as ours, so ChatPage reads both.
async function joinAs(tab, name, url) {
  await tab.page.fill('#server', url);
  await tab.click('#connect');
  await tab.page.fill('#name', name);
  await tab.click('#set-name');
  await eventually(() => tab.text('#name-display'), `Signed in as ${name}.`);
}

async function say(tab, text) {
  await tab.page.fill('#message', text);
  await tab.click('#send');
}

browserTest("two of the lab's clients chat, and one sees the other leave", async ({ open, use }) => {
  const { url } = await use(startServer('reference'));
  const a = await open(LAB_CLIENT);
  const b = await open(LAB_CLIENT);
  await joinAs(a, 'a', url);
  await joinAs(b, 'b', url);
  await a.seesUsers('a', 'b');
  await b.seesUsers('a', 'b');
  assert.equal(await a.text('#ws-status'), 'Connected');

  await say(a, 'Hi');
  await b.sees('left a: Hi');
  await say(b, 'Hey');
  await a.sees('right You: Hi', 'left b: Hey');
  await b.sees('left a: Hi', 'right You: Hey');

  await b.page.close({ runBeforeUnload: true });
  await a.seesUsers('a');
});

browserTest("the lab's client and the finished page share a room", async ({ open, use }) => {
  const server = await use(startServer('reference'));
  const student = await open(LAB_CLIENT);
  const finished = await open(server.page);
  await joinAs(student, 'stu', server.url);
  await finished.enter('fin');
  await student.seesUsers('stu', 'fin');
  await finished.say('hello');
  await student.sees('left fin: hello');
  await say(student, 'hello');
  await finished.sees('right You: hello', 'left stu: hello');
  await finished.click('#leave');
  await student.seesUsers('stu');
});

browserTest("the lab's client reaches the server on any path, from disk", async ({ open, use }) => {
  const { url } = await use(startServer('reference'));
  const tab = await open(LAB_CLIENT);
  await joinAs(tab, 'ann', `${url}/rooms/8?from=disk`);
  await tab.seesUsers('ann');
});

browserTest('the finished page has every element and class that the lab relies on', async ({ open }) => {
  const lab = await open(LAB_CLIENT);
  const finished = await open(PAGE_FROM_DISK);
  const names = (tab) => tab.page.evaluate(() => [
    ...['server', 'connect', 'name', 'set-name', 'ws-status', 'name-display', 'chat-container', 'chat', 'message',
        'send', 'users-list'].map((id) => `#${id} ${document.getElementById(id)?.localName.replace('span', 'text')}`),
    ...['metadata', 'messages', 'users'].map((name) => `.${name} ${document.querySelector(`section.${name}`)?.localName}`),
    `the address is ${document.getElementById('server').value}`,
  ]);
  assert.deepEqual(await names(finished), await names(lab));
});
