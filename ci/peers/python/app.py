#!/usr/bin/python3
"""The Mini Chat lab, solved: a chat server on Python's websockets library.

It follows the hand-out's structure (logged_in_users, respond_to_message, a loop
over the sockets) and adds what the hand-out leaves to the reader: sockets that
vanish, text that makes no sense, and one order in which everybody hears
everything. The P numbers are the rules of reference-server/PROTOCOL.md.
"""

import argparse
import asyncio
import json
import logging
import os
import signal

import websockets

MAX_MESSAGE_BYTES = 2 * 2**20  # a text of 1 MiB and the JSON around it
GOODBYE_SECONDS = 1  # how long a client may take over its closing handshake

log = logging.getLogger("chat")
logged_in_users = {}  # websocket -> username, in the order of login

# P11: a change to logged_in_users and the broadcast that tells of it belong
# together. `await sock.send(...)` lets other connections run; whoever holds this
# lock finishes with every recipient before the next message is looked at.
turn = asyncio.Lock()


def parse(message):
    """The message as a dict; ValueError says why it isn't one."""
    if not isinstance(message, str):
        raise ValueError("expected a text frame, got a binary one")
    try:
        data = json.loads(message, parse_constant=refuse_constant)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(data, dict):
        raise ValueError("expected a JSON object")
    return data


def refuse_constant(name):
    raise ValueError(f"{name} is not JSON")  # Python would accept NaN and Infinity


async def send_to_everyone(data):
    """The hand-out's loop. The sender is one of logged_in_users and hears it too (P4)."""
    text = json.dumps(data)
    for sock in list(logged_in_users):  # a copy: users come and go while we send
        try:
            if sock.open:
                await sock.send(text)
        except websockets.ConnectionClosed:
            pass  # gone while we sent; its own connection handler tells the others


async def send_to_everyone_at_once(data):
    """The same without waiting for slow sockets: the library's own broadcast."""
    websockets.broadcast(list(logged_in_users), json.dumps(data))


broadcast = send_to_everyone


async def announce(kind):
    await broadcast({"type": kind, "users": list(logged_in_users.values())})


async def forget(websocket):
    """P3: out of the dictionary first, so that neither list nor loop has the leaver."""
    del logged_in_users[websocket]
    await announce("disconnect")


async def answer_error(websocket, error, details):
    """P6: only the sender hears of its mistake, and stays connected."""
    await websocket.send(json.dumps({"error": error, "details": details}))


async def respond_to_message(websocket, message):
    try:
        data = parse(message)
    except ValueError as error:
        await answer_error(websocket, "Expected one JSON object per message.", str(error))
        return

    kind = data.get("type")
    if kind == "login":
        username = data.get("username")
        if not isinstance(username, str) or not username:  # P9
            await answer_error(
                websocket,
                "A login needs a username.",
                '"username" must be a string that is not empty.',
            )
            return
        async with turn:
            # P2: a second login replaces the value and keeps the key's place.
            logged_in_users[websocket] = username
            await announce("login")
    elif kind == "disconnect":
        async with turn:
            if websocket in logged_in_users:
                await forget(websocket)
            else:
                log.warning("disconnect from a socket that is not logged in")  # P8
    elif kind == "chat":
        async with turn:
            await broadcast(data)
    else:
        log.warning("Unrecognized message type: %.200r", message)  # P5


async def serve_connection(websocket):
    try:
        async for message in websocket:
            await respond_to_message(websocket, message)
    except websockets.ConnectionClosed:
        pass  # dropped without a closing handshake
    finally:
        async with turn:
            if websocket in logged_in_users:  # P7: it left without a disconnect
                await forget(websocket)


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
    global broadcast
    parser = argparse.ArgumentParser(description="The Mini Chat lab, solved in Python.")
    parser.add_argument(
        "--port",
        type=int,
        default=os.environ.get("PORT") or os.environ.get("WS_PORT") or "8081",
        help="0 picks a free one (default: $PORT, then $WS_PORT, then 8081)",
    )
    parser.add_argument(
        "--broadcast",
        action="store_true",
        help="send with websockets.broadcast() instead of a loop",
    )
    options = parser.parse_args()
    if options.broadcast:
        broadcast = send_to_everyone_at_once
    logging.basicConfig(format="%(message)s")
    try:
        asyncio.run(run(options.port))
    except (OSError, OverflowError) as error:
        parser.exit(2, f"app.py: {error}\n")


if __name__ == "__main__":
    main()
