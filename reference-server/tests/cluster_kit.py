"""Nodes of a room, the NATS between them, and clients who keep all that they hear. For cluster_test and network_test."""
import asyncio
import contextlib
import glob
import json
import os
import subprocess
import tempfile
import urllib.request

import websockets

PATIENCE_SECONDS = 60  # only ever reached by a server that is wrong
LONGEST_MESSAGE = "8MB"  # NATS takes 1 MiB by itself, and so does a server of one client: with JSON around it, more is needed


class Nats:
    """nats-server with JetStream on a free loopback port, which it keeps when it is started again."""

    def __init__(self, folder, *, jetstream=True, max_payload=LONGEST_MESSAGE, more="", scheme="nats", host="localhost", prefix=()):
        self.folder, self.jetstream, self.max_payload, self.more, self.scheme = folder, jetstream, max_payload, more, scheme
        self.host, self.prefix = host, prefix
        self.port = -1
        self.store = "store"
        self.start()

    @property
    def url(self):
        return f"{self.scheme}://{self.host}:{self.port}"

    def start(self):
        for old in glob.glob(f"{self.folder}/*.ports"):
            os.remove(old)
        store = f'jetstream {{ store_dir: "{self.folder}/{self.store}" }}' if self.jetstream else ""
        config = os.path.join(self.folder, "nats.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(f'host: {"127.0.0.1" if self.host == "localhost" else self.host}\nport: {self.port}\nmax_payload: {self.max_payload}\n'
                       f'ports_file_dir: "{self.folder}"\n{store}\n{self.more}\n')
        self.log = open(os.path.join(self.folder, "nats.log"), "a+", encoding="utf-8")
        self.process = subprocess.Popen([*self.prefix, "nats-server", "-c", config], stderr=self.log)
        self.wait()

    def wait(self):
        """Until it serves: it says so in its log, the newest entry of which is at the end."""
        while self.process.poll() is None:
            with open(self.log.name, encoding="utf-8") as log:
                if log.read().rpartition("Starting nats-server")[2].find("Server is ready") >= 0:
                    break
        else:
            with open(self.log.name, encoding="utf-8") as log:
                raise AssertionError(f"nats-server does not start: {log.read()}")
        found = []
        while not found:  # written just after
            if self.process.poll() is not None:
                raise AssertionError("nats-server has ended")
            found = glob.glob(f"{self.folder}/*.ports")
        while True:
            with open(found[0], encoding="utf-8") as ports, contextlib.suppress(ValueError):
                self.port = int(json.load(ports)["nats"][0].rpartition(":")[2])
                return

    def stop(self):
        self.process.terminate()
        self.process.wait(PATIENCE_SECONDS)
        self.log.close()


class Node:
    """A server; `prefix`: a command that starts it elsewhere."""

    def __init__(self, program, nats, name, *options, port=0, timeout=20, prefix=()):
        self.name = name
        self.errors = tempfile.TemporaryFile("w+", encoding="utf-8")
        self.process = subprocess.Popen(
            [*prefix, program, "--port", str(port), "--cluster", nats.url, "--node", name, "--node-timeout", str(timeout),
             *options], stdout=subprocess.PIPE, stderr=self.errors, text=True)
        self.url = self.process.stdout.readline().removeprefix("listening on ").strip()
        if not self.url:
            self.process.wait(PATIENCE_SECONDS)

    @property
    def port(self):
        return int(self.url.rpartition(":")[2])

    def said(self):
        self.errors.seek(0)
        return self.errors.read()

    def kill(self):
        self.process.kill()
        self.process.wait(PATIENCE_SECONDS)

    def stop(self):
        """Its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        code = self.process.wait(PATIENCE_SECONDS)
        self.process.stdout.close()
        self.errors.close()
        return code

    def ask(self, path):
        with urllib.request.urlopen(self.url.replace("ws:", "http:") + path, timeout=PATIENCE_SECONDS) as answer:
            return answer.read().decode()

    def metric(self, name):
        return next(float(line.split()[1]) for line in self.ask("/metrics").splitlines() if line.startswith(name + " "))


class Client:
    """One who keeps all that comes."""

    @classmethod
    async def at(cls, node, name=None, **how):
        client = cls()
        client.socket = await websockets.connect(node.url, max_size=None, ping_interval=None, **how)
        client.heard, client.came = [], asyncio.Condition()
        client.reader = asyncio.create_task(client.read())  # kept, or it may be collected
        if name:
            await client.send(type="login", username=name)
            await client.until(lambda message: message.get("type") == "login" and name in message["users"])
        return client

    async def read(self):
        with contextlib.suppress(websockets.ConnectionClosed):
            async for text in self.socket:
                async with self.came:
                    self.heard.append(json.loads(text))
                    self.came.notify_all()

    async def send(self, **message):
        await self.socket.send(json.dumps(message))

    async def until(self, is_it, since=0):
        """The place behind the first such message from there on."""
        async with self.came:
            def place():
                return next((at for at in range(since, len(self.heard)) if is_it(self.heard[at])), None)
            try:
                await asyncio.wait_for(self.came.wait_for(lambda: place() is not None), PATIENCE_SECONDS)
            except asyncio.TimeoutError:
                raise AssertionError(f"in vain; heard since then: {self.heard[since:][-5:]}") from None
            return place() + 1

    async def until_users(self, *users):
        return await self.until(lambda message: message.get("users") == list(users))

    async def until_text(self, text):
        return await self.until(lambda message: message.get("text") == text)

    async def chat(self, text):
        await self.send(type="chat", text=text, username="somebody")
