#!/usr/bin/python3
"""A server that no client should trust, chosen with --kind NAME.

Most kinds speak raw bytes (kinds.py) after a handshake by hand (raw_websocket.py);
two are right chat servers that crash (dying.py).
"""

import argparse
import asyncio
import functools
import os
import signal

import dying
from kinds import KINDS
from raw_websocket import Gone


async def serve_connection(kind, reader, writer):
    try:
        await kind(reader, writer)
    except (Gone, ConnectionError, asyncio.TimeoutError):
        pass
    finally:
        writer.close()


async def run_raw(kind, port):
    """Serves on 127.0.0.1 until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    server = await asyncio.start_server(
        functools.partial(serve_connection, kind), "127.0.0.1", port
    )
    port = server.sockets[0].getsockname()[1]
    print(f"listening on ws://127.0.0.1:{port}", flush=True)

    await stop.wait()
    server.close()


def main():
    parser = argparse.ArgumentParser(description="A server that misbehaves.")
    parser.add_argument(
        "--port",
        type=int,
        default=os.environ.get("PORT") or os.environ.get("WS_PORT") or "8081",
        help="0 picks a free one (default: $PORT, then $WS_PORT, then 8081)",
    )
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--kind", metavar="NAME", help="a name from --list")
    choice.add_argument("--list", action="store_true", help="print every kind and what it does")
    options = parser.parse_args()

    if options.list:
        for name, kind in {**KINDS, **dying.DYING}.items():
            print(name, kind.__doc__.splitlines()[0], sep="\t")
        return
    try:
        if options.kind in KINDS:
            asyncio.run(run_raw(KINDS[options.kind], options.port))
        elif options.kind in dying.DYING:
            asyncio.run(dying.run(dying.DYING[options.kind](), options.port))
        else:
            message = f'no kind is called "{options.kind}"; --list prints them all'
            parser.exit(2, f"server.py: {message}\n")
    except (OSError, OverflowError) as error:
        parser.exit(2, f"server.py: {error}\n")


if __name__ == "__main__":
    main()
