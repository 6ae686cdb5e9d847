// Starts the chat servers that the tests talk to, each a process of its own on a free port, and stops
// them. A server says where it listens in a line "listening on ws://127.0.0.1:PORT" on stdout.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

const START_MS = 30_000;

const peer = (path) => fileURLToPath(new URL(`../../../../ci/peers/${path}`, import.meta.url));

export const SERVERS = {
  // -> [command, ...arguments]
  reference: () => {
    const program = process.env.CHATLAB_SERVER;
    if (!program) throw new Error('CHATLAB_SERVER is not set: it must name the chatlab-server program to test with');
    if (!existsSync(program)) throw new Error(`CHATLAB_SERVER names ${program}, which does not exist`);
    return [program];
  },
  // Debian's Python, since python3-websockets is Debian's; another one may come first in PATH.
  python: () => [process.env.PYTHON ?? '/usr/bin/python3', existing(peer('python/app.py'))],
  node: () => [process.execPath, existing(peer('node/server.js'))],
};

function existing(path) {
  if (!existsSync(path)) throw new Error(`${path} does not exist`);
  return path;
}

// -> { url, port, page, kill(), stop() }
export async function startServer(kind, port = 0) {
  const [command, ...args] = SERVERS[kind]();
  const { PORT, WS_PORT, ...env } = process.env;  // a port set outside must not count
  const child = spawn(command, [...args, '--port', String(port)], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const gone = new Promise((resolve) => child.once('exit', resolve));

  await new Promise((resolve, reject) => {
    const late = setTimeout(() => fail('said nothing'), START_MS);
    const fail = (how) => {
      clearTimeout(late);
      child.kill('SIGKILL');
      reject(new Error(`${command} ${args.join(' ')} ${how} instead of "listening on ws://127.0.0.1:PORT":\n${output}`));
    };
    child.once('error', (error) => fail(`could not be started (${error.message})`));
    child.once('close', () => fail('ended'));
    child.stderr.on('data', (data) => { output += data; });
    child.stdout.on('data', (data) => {
      output += data;
      if (!/^listening on ws:\/\/127\.0\.0\.1:\d+$/m.test(output)) return;
      clearTimeout(late);
      child.removeAllListeners('close');
      resolve();
    });
  });

  const url = /^listening on (ws:\/\/127\.0\.0\.1:\d+)$/m.exec(output)[1];
  const end = (signal) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return gone;
  };
  return {
    url,
    port: Number(new URL(url).port),
    page: url.replace('ws:', 'http:') + '/',
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
}

// Any server of plain files, as a course's web space is one.
const TYPES = { html: 'text/html', css: 'text/css', js: 'text/javascript', svg: 'image/svg+xml' };

export async function startFileServer(folder) {
  const server = createServer(async (request, response) => {
    const name = new URL(request.url, 'http://x').pathname.split('/').pop() || 'index.html';
    try {
      const body = await readFile(new URL(name, folder));
      response.setHeader('content-type', TYPES[name.split('.').pop()]);
      response.end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `http://127.0.0.1:${server.address().port}`,
    stop: () => new Promise((resolve) => { server.close(resolve); server.closeAllConnections(); }),
  };
}
