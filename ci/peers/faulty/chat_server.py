"""A right chat server, cut into the small methods that a fault overrides.

It owns who is logged in and keeps every rule of reference-server/PROTOCOL.md. All
methods from act_on() and closed() downwards run while their caller holds the turn,
so that a change to the roster and its announcement are never torn apart (P11).
"""

import asyncio
import json
import logging
import signal

import websockets

MAX_MESSAGE_BYTES = 2 * 2**20  # a text of 1 MiB and the JSON around it
GOODBYE_SECONDS = 1  # how long a client may take over its closing handshake

log = logging.getLogger("chat")


class ChatServer:
    protocol = websockets.WebSocketServerProtocol  # one connection; a fault of the frames overrides it
    max_message_bytes = MAX_MESSAGE_BYTES

    def __init__(self):
        self.logged_in_users = {}  # websocket -> username, in the order of login
        self.turn = asyncio.Lock()

    async def serve_connection(self, websocket):
        try:
            async for message in websocket:
                await self.respond_to_message(websocket, message)
        except websockets.ConnectionClosed:
            pass  # dropped without a closing handshake
        finally:
            async with self.turn:
                await self.closed(websocket)

    async def respond_to_message(self, websocket, message):
        try:
            data = parse(message)
        except ValueError as error:
            await self.malformed(websocket, message, error)
            return
        async with self.turn:
            await self.act_on(websocket, data)

    async def malformed(self, websocket, message, error):
        answer = {"error": "Expected one JSON object per message.", "details": str(error)}
        await self.send(websocket, answer)  # P6

    async def act_on(self, websocket, data):
        kind = data.get("type")
        if kind == "login":
            await self.check_login(websocket, data)
        elif kind == "disconnect":
            if websocket in self.logged_in_users:
                await self.disconnect(websocket, data)
            else:
                await self.stranger_disconnects(websocket)
        elif kind == "chat":
            await self.chat(websocket, data)
        else:
            await self.unrecognized(websocket, data)

    async def check_login(self, websocket, data):
        username = data.get("username")
        if isinstance(username, str) and username:
            await self.login(websocket, data)
        else:
            await self.nameless(websocket, data)

    async def nameless(self, websocket, data):
        details = '"username" must be a string that is not empty.'
        await self.send(websocket, {"error": "A login needs a username.", "details": details})  # P9

    async def login(self, websocket, data):
        self.remember(websocket, data["username"])
        await self.announce_login(websocket, data)

    async def announce_login(self, websocket, data):
        await self.send_to_everyone({"type": "login", "users": self.roster()})

    async def stranger_disconnects(self, websocket):
        log.warning("disconnect from a socket that is not logged in")  # P8

    async def disconnect(self, websocket, data):
        self.forget(websocket)
        await self.announce_disconnect()

    async def announce_disconnect(self):
        await self.send_to_everyone({"type": "disconnect", "users": self.roster()})

    async def chat(self, websocket, data):
        await self.send_to_everyone(data)

    async def unrecognized(self, websocket, data):
        log.warning("Unrecognized message type: %.200s", json.dumps(data))  # P5

    async def closed(self, websocket):
        if websocket in self.logged_in_users:
            await self.vanished(websocket)

    async def vanished(self, websocket):  # P7: it left without a disconnect
        self.forget(websocket)
        await self.announce_disconnect()

    def remember(self, websocket, username):
        self.logged_in_users[websocket] = username  # P2: a second login keeps its place

    def forget(self, websocket):
        self.logged_in_users.pop(websocket, None)

    def roster(self):
        return list(self.logged_in_users.values())

    async def send_to_everyone(self, data):
        await self.send_to(self.logged_in_users, data)

    async def send_to(self, sockets, data):
        for sock in list(sockets):
            await self.send(sock, data)

    async def send(self, sock, data):
        """Sends unless the socket has gone; then its own handler tells the others. Waits for nobody who reads slowly."""
        if sock.open:
            websockets.broadcast([sock], json.dumps(data))


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


async def run(chat_server, port):
    """Serves on 127.0.0.1 until SIGTERM or SIGINT."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)

    server = await websockets.serve(
        chat_server.serve_connection,
        "127.0.0.1",
        port,
        create_protocol=chat_server.protocol,
        max_size=chat_server.max_message_bytes,
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
