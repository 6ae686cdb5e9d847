#!/usr/bin/python3
"""A long way to a server: every byte takes a while in each direction, and not always the same, but none overtakes
another.

    ci/peers/delay/server.py [--delay MS] [--jitter MS] COMMAND...

starts the command, a server that obeys $PORT, and listens on $PORT itself. What a real network does to the end of a
connection happens here too: FIN and RST arrive late, after what was sent before.
"""

import argparse
import asyncio
import contextlib
import os
import random
import signal
import socket
import struct
import sys

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from inner import LISTENING, inner_server, own_port  # noqa: E402

CHUNK_BYTES = 65536
MOST_CHUNKS_UNDER_WAY = 256  # 16 MiB in one direction of a connection; then the sender has to wait, as TCP's window does
END, RESET = object(), object()


async def take_in(reader, line, delay_s, jitter_s):
    """Reads what comes, and says when it is to arrive: never before what came earlier."""
    clock = asyncio.get_running_loop().time
    due = 0
    data = None
    while data not in (END, RESET):
        try:
            data = await reader.read(CHUNK_BYTES) or END
        except OSError:
            data = RESET
        due = max(due, clock() + delay_s + random.uniform(-jitter_s, jitter_s))
        await line.put((due, data))


async def hand_out(line, writer):
    clock = asyncio.get_running_loop().time
    data = None
    while data not in (END, RESET):
        due, data = await line.get()
        await asyncio.sleep(due - clock())
        if data is RESET:
            reset(writer)
            continue
        with contextlib.suppress(OSError):  # that end is gone: its own direction will say so
            if data is END:
                writer.write_eof()
            elif not writer.is_closing():
                writer.write(data)
                await writer.drain()


def reset(writer):
    end = writer.get_extra_info("socket")
    if not writer.transport.is_closing():
        end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def pass_through(visitor, server_port, delay_s, jitter_s):
    server = await asyncio.open_connection("127.0.0.1", server_port)
    async with contextlib.AsyncExitStack() as stack:
        for _, writer in (visitor, server):
            stack.callback(writer.close)
        directions = []
        for (reader, _), (_, writer) in ((visitor, server), (server, visitor)):
            line = asyncio.Queue(MOST_CHUNKS_UNDER_WAY)
            directions += [take_in(reader, line, delay_s, jitter_s), hand_out(line, writer)]
        await asyncio.gather(*directions)


async def run(options, inner_port):
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    delay_s, jitter_s = options.delay / 1000, options.jitter / 1000

    async def welcome(*visitor):
        with contextlib.suppress(OSError):  # the server is gone, or the visitor
            await pass_through(visitor, inner_port, delay_s, jitter_s)

    listening = await asyncio.start_server(welcome, "127.0.0.1", options.port)
    print(f"{LISTENING}{listening.sockets[0].getsockname()[1]}", flush=True)
    await stop.wait()


def main():
    parser = argparse.ArgumentParser(description="A server, a long way off.")
    parser.add_argument("--port", type=int, default=own_port(), help="default: $PORT, then $WS_PORT, then 8081")
    parser.add_argument("--delay", type=float, default=50, metavar="MS", help="in each direction")
    parser.add_argument("--jitter", type=float, default=20, metavar="MS", help="so much more or less")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    options = parser.parse_args()
    if not options.command or options.jitter > options.delay:
        parser.error("a command is needed, and a jitter that is no more than the delay")
    with inner_server(options.command) as inner_port:
        asyncio.run(run(options, inner_port))


if __name__ == "__main__":
    main()
