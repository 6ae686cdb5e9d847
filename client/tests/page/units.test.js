// The parts of the page that need no browser: addresses, close codes, backoff, one's own messages.
import assert from 'node:assert/strict';
import { webcrypto as crypto } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import vm from 'node:vm';

// The page's scripts are classic ones: run them in a world of their own and take out what they define.
function load(file, name) {
  const source = readFileSync(new URL(`../../page/${file}`, import.meta.url), 'utf8');
  return vm.runInNewContext(`${source}\n${name}`, { URL, crypto });
}

const RoomUrl = load('room-url.js', 'RoomUrl');
const CloseCodes = load('close-codes.js', 'CloseCodes');
const Connection = load('connection.js', 'Connection');
const OwnMessages = load('own-messages.js', 'OwnMessages');

const ADDRESSES = {
  'as it should be': ['ws://localhost:8081', 'ws://localhost:8081'],
  'encrypted': ['wss://chat.example.org', 'wss://chat.example.org'],
  'the page of a tunnel': ['https://ab12.ngrok.io', 'wss://ab12.ngrok.io'],
  'the page of a tunnel, with slash and fragment': ['https://ab12.ngrok.io/#top', 'wss://ab12.ngrok.io'],
  'a plain page': ['http://localhost:8081/', 'ws://localhost:8081'],
  'a tunnel, minus the scheme': ['ab12.ngrok.io', 'wss://ab12.ngrok.io'],
  'a bare host with the usual port of https': ['chat.example.org:443', 'wss://chat.example.org'],
  'a bare host with its own port': ['chat.example.org:8081', 'ws://chat.example.org:8081'],
  'this computer': ['localhost:8081', 'ws://localhost:8081'],
  'a neighbour by name': ['anns-laptop.local', 'ws://anns-laptop.local'],
  'a neighbour by address': ['192.168.1.7:8081', 'ws://192.168.1.7:8081'],
  'a neighbour by address, IPv6': ['[fe80::1]:8081', 'ws://[fe80::1]:8081'],
  'a port': ['8081', 'ws://localhost:8081'],
  'a port with a colon': [':9000', 'ws://localhost:9000'],
  'a path and a query': ['https://chat.example.org/lab/8?key=1', 'wss://chat.example.org/lab/8?key=1'],
  'a bare host with a path': ['chat.example.org/lab', 'wss://chat.example.org/lab'],
  'a bare host with a port in its path': ['chat.example.org/a:80', 'wss://chat.example.org/a:80'],
  'capitals': ['WSS://Chat.Example.ORG', 'wss://chat.example.org'],
  'spaces and quotes around it': ['  "ws://localhost:8081" ', 'ws://localhost:8081'],
  'angle brackets': ['<https://ab12.ngrok.io>', 'wss://ab12.ngrok.io'],
  'too few slashes': ['ws:localhost:8081', 'ws://localhost:8081'],
  'no scheme, but its slashes': ['//ab12.ngrok.io', 'wss://ab12.ngrok.io'],
  'a name that is not ASCII': ['wss://bücher.example', 'wss://xn--bcher-kva.example'],
};

for (const [name, [typed, url]] of Object.entries(ADDRESSES)) {
  test(`address: ${name}`, () => assert.deepEqual({ ...RoomUrl.parse(typed) }, { url }));
}

for (const [typed, words] of [
  ['', /Type the address/],
  ['   ', /Type the address/],
  ['ftp://example.org', /not with ftp:\/\//],
  ['ws://', /is not an address/],
  ['ws://two words', /is not an address/],
  ['localhost:99999', /is not an address/],
  ['javascript:alert(1)', /is not an address/],
]) {
  test(`no address: “${typed}”`, () => {
    const { url, problem } = RoomUrl.parse(typed);
    assert.equal(url, undefined);
    assert.match(problem, words);
  });
}

test('every address that was accepted is accepted again, unchanged', () => {
  for (const [, [, url]] of Object.entries(ADDRESSES)) assert.equal(RoomUrl.parse(url).url, url);
});

test('mixed content: only ws:// to another computer from an https page is a problem', () => {
  const { mixedContentProblem } = RoomUrl;
  assert.match(mixedContentProblem('ws://chat.example.org:8081', 'https:'), /encrypted.*Try wss:\/\/chat\.example\.org:8081 /);
  assert.equal(mixedContentProblem('wss://chat.example.org', 'https:'), '');
  for (const own of ['ws://localhost:8081', 'ws://127.0.0.1:8081', 'ws://[::1]:8081']) {
    assert.equal(mixedContentProblem(own, 'https:'), '');
  }
  assert.match(mixedContentProblem('ws://localhost.example.org', 'https:'), /encrypted/);
  for (const page of ['http:', 'file:']) assert.equal(mixedContentProblem('ws://chat.example.org', page), '');
});

test("the page's own server", () => {
  const of = (href) => RoomUrl.ofPage(new URL(href));
  assert.equal(of('http://127.0.0.1:8081/?server=x'), 'ws://127.0.0.1:8081');
  assert.equal(of('https://ab12.ngrok.io/index.html#a'), 'wss://ab12.ngrok.io');
  assert.equal(of('https://example.org/chat/index.html'), 'wss://example.org/chat/');
  assert.equal(of('file:///home/ann/lab08/client/index.html'), null);
});

test('close codes come in words, with the number and the server\'s reason', () => {
  const words = (code, reason = '', wasOpen = true) => CloseCodes.inWords({ code, reason, wasOpen });
  assert.equal(words(1001), 'the server is shutting down (1001)');
  assert.equal(words(1008, 'too slow'), 'it was against the rules of the server (1008: too slow)');
  assert.equal(words(1006), 'it broke off without a word (1006)');
  assert.equal(words(1006, '', false), 'no WebSocket server answered (1006)');
  assert.equal(words(4711, 'mine'), 'the server closed it for a reason of its own (4711: mine)');
});

test('backoff doubles up to a limit, and jitter takes at most half of it away', () => {
  const ceilings = [0, 1, 2, 3, 4, 5, 6, 7, 100, 5000].map((failures) => Connection.backoff(failures, 1));
  assert.deepEqual(ceilings, [500, 1000, 2000, 4000, 8000, 16000, 30000, 30000, 30000, 30000]);
  for (const failures of [0, 3, 10]) {
    assert.equal(Connection.backoff(failures, 0), Connection.backoff(failures, 1) / 2);
    assert.equal(Connection.backoff(failures, 0.5), Connection.backoff(failures, 1) * 0.75);
  }
});

// ---- One's own messages -----------------------------------------------------------------------------

const hi = { type: 'chat', text: 'hi', username: 'sam' };
const withoutNonce = ({ nonce, ...message }) => message;

// -> for each message that came, all that was said about it: [true], [false], [true, false]
function receive(own, ...messages) {
  return messages.map((message) => {
    const said = [];
    own.recognise(message, (isOwn) => said.push(isOwn));
    return said;
  });
}

test('a stamped message has all it had, and a nonce of its own', () => {
  const own = new OwnMessages();
  const [first, second] = [own.stamp(hi), own.stamp(hi)];
  assert.deepEqual({ ...withoutNonce(first) }, hi);
  assert.equal(typeof first.nonce, 'string');
  assert.notEqual(first.nonce, second.nonce);
});

test('where the nonce comes back, it decides: a namesake has another one or none', () => {
  const own = new OwnMessages();
  const namesake = new OwnMessages().stamp(hi);
  const [mine, again] = [own.stamp(hi), own.stamp(hi)];
  assert.deepEqual(receive(own, namesake, mine, hi, again, mine), [[false], [true], [false], [true], [true]]);
});

test('a nonce that was overheard does not make another text ours', () => {
  const own = new OwnMessages();
  const mine = own.stamp(hi);
  assert.deepEqual(receive(own, mine, { ...mine, text: 'I am a fool' }), [[true], [false]]);
});

test('where it does not, as many are ours as were sent with that text', () => {
  const own = new OwnMessages();
  own.stamp(hi);
  own.stamp({ ...hi, text: 'you there?' });
  own.stamp(hi);
  assert.deepEqual(receive(own, { ...hi, text: 'never said' }, hi, { ...hi, text: 'you there?' }, hi, hi),
    [[false], [true], [true], [true], [false]]);
  own.stamp(hi);
  assert.deepEqual(receive(own, { ...hi, username: 'tom' }, hi), [[false], [true]]);
});

test('a wrong guess is taken back as soon as a nonce comes back', () => {
  const own = new OwnMessages();
  const mine = own.stamp(hi);
  const said = [];
  own.recognise(hi, (isOwn) => said.push(isOwn));  // a namesake's, in another client
  assert.deepEqual(said, [true]);
  assert.deepEqual(receive(own, mine), [[true]]);
  assert.deepEqual(said, [true, false]);
});

test('starting over tells what has not come back, and forgets it', () => {
  const own = new OwnMessages();
  const mine = own.stamp(hi);
  own.stamp({ ...hi, text: 'lost' });
  receive(own, mine);
  assert.deepEqual([...own.startOver()], ['lost']);
  assert.deepEqual([...own.startOver()], []);
  assert.deepEqual(receive(own, { ...hi, text: 'lost' }), [[false]]);
});

test('nobody becomes us by having no text, no name or a strange nonce', () => {
  const own = new OwnMessages();
  own.stamp(hi);
  assert.deepEqual(receive(own, { type: 'chat' }, { ...hi, nonce: '' }, { ...hi, nonce: 'x' }, { ...hi, username: null }),
    [[false], [false], [false], [false]]);
});
