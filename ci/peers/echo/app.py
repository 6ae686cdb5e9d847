#!/usr/bin/python3
"""The Mini Chat lab as it is handed out, before anybody has solved it.

It echoes every JSON message to its sender, answers text that isn't JSON with an
error, and forgets a socket without a word to the others. A conformance check that
passes here would give points for nothing.
"""

import argparse
import asyncio
import json
import os
import signal

import websockets

MAX_MESSAGE_BYTES = 2 * 2**20  # a text of 1 MiB and the JSON around it
GOODBYE_SECONDS = 1  # how long a client may take over its closing handshake

logged_in_users = {}


async def respond_to_message(websocket, message):
    try:
        data = json.loads(message)
    except (ValueError, RecursionError) as error:
        await websocket.send(
            json.dumps({"error": "Expected a JSON message.", "details": str(error)})
        )
        return
    await websocket.send(json.dumps(data))


async def serve_connection(websocket):
    try:
        async for message in websocket:
            await respond_to_message(websocket, message)
    except websockets.ConnectionClosed:
        pass
    finally:
        logged_in_users.pop(websocket, None)


async def run(port):
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    server = await websockets.serve(
        serve_connection,
        "127.0.0.1",
        port,
        max_size=MAX_MESSAGE_BYTES,
        close_timeout=GOODBYE_SECONDS,
    )
    port = server.sockets[0].getsockname()[1]
    print(f"listening on ws://127.0.0.1:{port}", flush=True)

    await stop.wait()
    server.close()
    try:
        await asyncio.wait_for(server.wait_closed(), GOODBYE_SECONDS)
    except asyncio.TimeoutError:
        pass  # somebody doesn't answer; leave anyway


def main():
    parser = argparse.ArgumentParser(description="The Mini Chat lab, not solved yet.")
    parser.add_argument(
        "--port",
        type=int,
        default=os.environ.get("PORT") or os.environ.get("WS_PORT") or "8081",
        help="0 picks a free one (default: $PORT, then $WS_PORT, then 8081)",
    )
    try:
        asyncio.run(run(parser.parse_args().port))
    except (OSError, OverflowError) as error:
        parser.exit(2, f"app.py: {error}\n")


if __name__ == "__main__":
    main()
