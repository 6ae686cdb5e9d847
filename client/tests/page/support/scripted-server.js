// A WebSocket server that does what a test tells it to: it records what it gets, answers nothing by
// itself, and can send anything and close in any way. `room` makes it a chat server with a fault.
import { WebSocketServer } from 'ws';

export async function startScriptedServer(onMessage = () => {}) {
  const server = new WebSocketServer({ host: '127.0.0.1', port: 0 });
  await new Promise((resolve) => server.once('listening', resolve));
  const connections = [];
  server.on('connection', (socket) => {
    const connection = {
      received: [],        // what the client sent, parsed
      closeCode: null,     // the client's
      send: (data) => socket.send(typeof data === 'string' || Buffer.isBuffer(data) ? data : JSON.stringify(data)),
      close: (code, reason) => socket.close(code, reason),
      drop: () => socket.terminate(),
    };
    socket.on('message', (data) => {
      const message = JSON.parse(data);
      connection.received.push(message);
      onMessage(message, connection, connections);
    });
    socket.on('close', (code) => { connection.closeCode = code; });
    socket.on('error', () => {});  // 'close' follows
    connections.push(connection);
    server.onconnected?.(connection, connections.length);
  });
  return {
    url: `ws://127.0.0.1:${server.address().port}`,
    connections,
    // What to do with each connection when it opens.
    set onconnected(action) { server.onconnected = action; },
    stop: () => {
      for (const socket of server.clients) socket.terminate();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

// The lab's rules, with a chat changed by `relay` before everybody gets it.
export function room(relay = (chat) => chat) {
  return (message, from, all) => {
    const here = () => all.filter((one) => one.username !== undefined && one.closeCode === null);
    const tell = (what) => here().forEach((one) => one.send(what));
    if (message.type === 'login') from.username = message.username;
    if (message.type === 'disconnect') delete from.username;
    if (message.type === 'chat') tell(relay(message));
    else tell({ type: message.type, users: here().map((one) => one.username) });
  };
}
