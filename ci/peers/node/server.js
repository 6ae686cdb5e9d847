#!/usr/bin/env node
// The Mini Chat lab, solved in Node on the `ws` package.
//
// Node runs one callback at a time and socket.send() never waits, so a change to
// the roster and the broadcast that tells of it can't be torn apart: that alone
// gives everybody the same order (P11). The P numbers are the rules of
// reference-server/PROTOCOL.md.

import { parseArgs } from 'node:util';
import { WebSocket, WebSocketServer } from 'ws';

const MAX_MESSAGE_BYTES = 2 * 2 ** 20; // a text of 1 MiB and the JSON around it
const GOODBYE_MS = 500; // how long clients may take over their closing handshakes

const loggedInUsers = new Map(); // socket -> username, in the order of login

function broadcast(text) {
  for (const socket of loggedInUsers.keys()) {
    // One that is closing is skipped; its 'close' event tells the others.
    if (socket.readyState === WebSocket.OPEN) {
      socket.send(text);
    }
  }
}

function announce(type) {
  broadcast(JSON.stringify({ type, users: [...loggedInUsers.values()] }));
}

function answerError(socket, error, details) {
  socket.send(JSON.stringify({ error, details })); // P6: to the sender alone
}

function login(socket, { username }) {
  if (typeof username !== 'string' || username === '') { // P9
    const details = '"username" must be a string that is not empty.';
    answerError(socket, 'A login needs a username.', details);
    return;
  }
  loggedInUsers.set(socket, username); // P2: a second login keeps its place in the Map
  announce('login');
}

function forget(socket) {
  const wasLoggedIn = loggedInUsers.delete(socket); // first, so that the leaver is not told (P3)
  if (wasLoggedIn) {
    announce('disconnect');
  }
  return wasLoggedIn;
}

/** The message as an object; throws an Error that says why it isn't one. */
function parse(message, isBinary) {
  if (isBinary) {
    throw new Error('expected a text frame, got a binary one');
  }
  const data = JSON.parse(message);
  if (typeof data !== 'object' || data === null || Array.isArray(data)) {
    throw new Error('expected a JSON object');
  }
  return data;
}

function respondToMessage(socket, message, isBinary) {
  let data;
  try {
    data = parse(message, isBinary);
  } catch (error) {
    answerError(socket, 'Expected one JSON object per message.', error.message);
    return;
  }
  switch (data.type) {
    case 'login':
      login(socket, data);
      break;
    case 'disconnect':
      if (!forget(socket)) {
        console.warn('disconnect from a socket that is not logged in'); // P8
      }
      break;
    case 'chat':
      broadcast(message); // P4: the text as it came, so no number or field can change
      break;
    default:
      console.warn('Unrecognized message type:', JSON.stringify(message.slice(0, 200))); // P5
  }
}

function serveConnection(socket) {
  socket.on('message', (buffer, isBinary) => respondToMessage(socket, buffer.toString(), isBinary));
  socket.on('close', () => forget(socket)); // P7: it left without a disconnect
  socket.on('error', (error) => console.warn(error.message)); // 'close' follows
}

function listen(port) {
  const server = new WebSocketServer({ host: '127.0.0.1', port, maxPayload: MAX_MESSAGE_BYTES });
  server.on('connection', serveConnection);
  server.on('listening', () => console.log(`listening on ws://127.0.0.1:${server.address().port}`));
  server.on('error', (error) => fail(error.message));

  const stop = () => {
    setTimeout(() => process.exit(0), GOODBYE_MS); // somebody doesn't answer; leave anyway
    server.close(() => process.exit(0));
    server.clients.forEach((socket) => socket.close(1001));
  };
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

function portFromOptions() {
  const { values } = parseArgs({ options: { port: { type: 'string' } } });
  const port = values.port ?? (process.env.PORT || process.env.WS_PORT || '8081');
  if (!/^\d{1,5}$/.test(port) || Number(port) > 65535) {
    throw new Error(`--port: expected a number from 0 to 65535, got "${port}"`);
  }
  return Number(port);
}

function fail(message) {
  console.error(`server.js: ${message}`);
  process.exit(2);
}

try {
  listen(portFromOptions());
} catch (error) {
  fail(error.message);
}
