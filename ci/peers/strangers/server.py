#!/usr/bin/python3
"""A server on which strangers chat, log in and out, and drop out, all the time, as on a course's shared one.

    ci/peers/strangers/server.py [--rate N] COMMAND...

starts the command, a server that obeys $PORT, and sends its strangers there: N messages a second together. They mean no
harm, but their names look like anybody's, also like the beginnings of names that others have, and they say what people
say on a chat, others' names included.
"""

import argparse
import asyncio
import contextlib
import itertools
import json
import os
import random
import signal
import sys

import websockets

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from inner import LISTENING, inner_server, own_port  # noqa: E402

STRANGERS = 8
NAMES = ["alice", "bob", "carol", "dave", "Alice", "al", "ann", "robert", "crowd_1", "fence", "fence-1", "user", "",
         "alice-", "bob-2", "carol 🎉", "O'Brien", "Зоя", "a" * 200]
SAYINGS = ["is this working?", "still here?", "hello", "here I am", "", "members only", "🎉", "who is left?", "login",
           '{"type":"login","users":["alice"]}', "fence-1-", "x" * 5000]
MOST_NAMES_HEARD = 50  # the last ones
RESTS = 4  # times as long as the server took for what a stranger did last: a slow one is not stormed


class Stranger:
    def __init__(self, address, heard):
        self.address, self.heard = address, heard  # names that others have, heard by all strangers
        self.socket = self.reader = None
        self.is_acting, self.rests_until = False, 0

    async def act(self):
        """Does one of the things that people do, waits until the server has come to it, and rests."""
        clock = asyncio.get_running_loop().time
        self.is_acting, began = True, clock()
        await self.do_something()
        self.is_acting, self.rests_until = False, clock() + RESTS * (clock() - began)

    async def do_something(self):
        """Sends one message, or two."""
        with contextlib.suppress(OSError, websockets.WebSocketException, asyncio.TimeoutError):
            if not self.socket or self.socket.closed:
                await self.come()
            await random.choice([self.log_in, self.chat, self.chat, self.chat, self.leave, self.close, self.vanish,
                                 self.babble])()
            await (await self.socket.ping())  # answered when the server has come to it

    async def come(self):
        self.socket = await websockets.connect(self.address, max_size=None, ping_interval=None, close_timeout=1)
        self.reader = asyncio.create_task(self.read(self.socket))
        await self.log_in()

    async def read(self, socket):
        with contextlib.suppress(websockets.ConnectionClosed, OSError):
            async for text in socket:
                with contextlib.suppress(ValueError, AttributeError, TypeError):
                    self.heard.extend(name for name in json.loads(text).get("users", ()) if isinstance(name, str))
                    del self.heard[:-MOST_NAMES_HEARD]

    def name(self):
        if self.heard and random.random() < 0.3:
            name = random.choice(self.heard)
            return name[: random.randint(1, max(1, len(name) - 1))]  # a part: the whole name is somebody else's
        return random.choice(NAMES)

    async def send(self, message):
        await self.socket.send(json.dumps(message))

    async def log_in(self):
        await self.send({"type": "login", "username": self.name()})

    async def chat(self):
        text = random.choice(SAYINGS)
        if self.heard and random.random() < 0.2:
            text = f"welcome {random.choice(self.heard)}!"
        await self.send({"type": "chat", "text": text, "username": self.name()})

    async def babble(self):
        await self.send({"type": random.choice(["invalid", "message", 5, None]), "text": random.choice(SAYINGS)})

    async def leave(self):
        await self.send({"type": "disconnect", "username": self.name()})

    async def close(self):
        await self.leave()
        await self.socket.close()

    async def vanish(self):
        self.socket.transport.abort()


async def keep_company(port, rate):
    heard = []
    strangers = [Stranger(f"ws://127.0.0.1:{port}", heard) for _ in range(STRANGERS)]
    clock = asyncio.get_running_loop().time
    began = clock()
    acting = set()  # or they may be collected
    for count in itertools.count():
        await asyncio.sleep(began + count / rate - clock())
        stranger = strangers[count % STRANGERS]
        if not stranger.is_acting and clock() >= stranger.rests_until:
            task = asyncio.create_task(stranger.act())
            acting.add(task)
            task.add_done_callback(acting.discard)


async def run(port, rate):
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    company = asyncio.create_task(keep_company(port, rate))
    print(f"{LISTENING}{port}", flush=True)
    await stop.wait()
    company.cancel()


def main():
    parser = argparse.ArgumentParser(description="A server that strangers use too.")
    parser.add_argument("--port", type=int, default=own_port(), help="default: $PORT, then $WS_PORT, then 8081")
    parser.add_argument("--rate", type=float, default=20, metavar="N", help="messages a second, of all strangers")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if not options.command:
        parser.error("a command is needed")
    with inner_server(options.command, options.port) as port:
        asyncio.run(run(port, options.rate))


if __name__ == "__main__":
    main()
