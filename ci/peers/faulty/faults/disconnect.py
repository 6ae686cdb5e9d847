"""Mistakes about a disconnect message. A socket that just goes away is still treated right."""

import asyncio
import contextlib
import json
import logging

import websockets

from chat_server import ChatServer

# A close that follows a disconnect "at once" has arrived by then, even from a slow machine.
CLOSE_AT_ONCE_SECONDS = 0.2

log = logging.getLogger("chat")


class DisconnectSilent(ChatServer):
    """The leaver is forgotten, but nobody is told."""

    async def disconnect(self, websocket, data):
        self.forget(websocket)


class DisconnectWrongType(ChatServer):
    """A disconnect is announced with the type "login"."""

    async def disconnect(self, websocket, data):
        self.forget(websocket)
        await self.send_to_everyone({"type": "login", "users": self.roster()})


class DisconnectMisspelt(ChatServer):
    """A disconnect is announced with the type "disconnent"."""

    async def disconnect(self, websocket, data):
        self.forget(websocket)
        await self.send_to_everyone({"type": "disconnent", "users": self.roster()})


class DisconnectKeepsLeaver(ChatServer):
    """The roster of a disconnect is made before the leaver is taken out of it."""

    async def disconnect(self, websocket, data):
        users = self.roster()
        self.forget(websocket)
        await self.send_to_everyone({"type": "disconnect", "users": users})


class DisconnectNeverForgets(ChatServer):
    """A disconnect is announced, but the leaver stays in the dictionary for ever."""

    def __init__(self):
        super().__init__()
        self.said_goodbye = set()

    def remember(self, websocket, username):
        self.said_goodbye.discard(websocket)
        super().remember(websocket, username)

    async def disconnect(self, websocket, data):
        self.said_goodbye.add(websocket)
        await self.announce_disconnect()

    async def closed(self, websocket):
        if websocket not in self.said_goodbye:
            await super().closed(websocket)


class DisconnectOnlyLeaver(ChatServer):
    """Only the leaver is told of its disconnect."""

    async def disconnect(self, websocket, data):
        self.forget(websocket)
        await self.send(websocket, {"type": "disconnect", "users": self.roster()})


class DisconnectTwice(ChatServer):
    """Every disconnect is announced twice to everybody."""

    async def disconnect(self, websocket, data):
        await super().disconnect(websocket, data)
        await self.announce_disconnect()


class DisconnectNeedsUsername(ChatServer):
    """A disconnect without a username ends in a KeyError: the connection dies, nobody is told."""

    async def disconnect(self, websocket, data):
        try:
            log.info("%s leaves", data["username"])
        except KeyError:
            self.forget(websocket)  # the starter's clean-up: forget and tell nobody
            raise
        await super().disconnect(websocket, data)


class DisconnectCloseTwice(ChatServer):
    """A disconnect is announced, and again when the leaver's socket then closes."""

    def __init__(self):
        super().__init__()
        self.said_goodbye = set()

    async def disconnect(self, websocket, data):
        await super().disconnect(websocket, data)
        if await closes_at_once(websocket):
            await self.announce_disconnect()
        else:
            self.said_goodbye.add(websocket)

    async def closed(self, websocket):
        if websocket in self.said_goodbye:
            self.said_goodbye.remove(websocket)
            self.forget(websocket)
            await self.announce_disconnect()
        else:
            await super().closed(websocket)


class DisconnectTellsLeaverFirst(ChatServer):
    """The loop sends to the leaver first: if it has closed by then, nobody else is told."""

    async def disconnect(self, websocket, data):
        self.forget(websocket)
        message = {"type": "disconnect", "users": self.roster()}
        await closes_at_once(websocket)
        try:
            await websocket.send(json.dumps(message))
        except websockets.ConnectionClosed:
            return  # and with that out of the loop
        await self.send_to_everyone(message)


async def closes_at_once(websocket):
    """Whether the leaver closes right after its disconnect; nothing else is handled meanwhile."""
    with contextlib.suppress(asyncio.TimeoutError):
        await asyncio.wait_for(websocket.wait_closed(), CLOSE_AT_ONCE_SECONDS)
    return not websocket.open


class DisconnectTellsLeaver(ChatServer):
    """The leaver hears of its own disconnect, after the others."""

    async def disconnect(self, websocket, data):
        await super().disconnect(websocket, data)
        await self.send(websocket, {"type": "disconnect", "users": self.roster()})


class DisconnectCloses(ChatServer):
    """A disconnect is answered with the end of the connection."""

    async def disconnect(self, websocket, data):
        await super().disconnect(websocket, data)
        await websocket.close()
        await websocket.ensure_open()  # it is not: what came meanwhile is not looked at


class DisconnectNeedsLogin(ChatServer):
    """`del` raises a KeyError for a socket that is not logged in: its connection ends with 1011."""

    async def stranger_disconnects(self, websocket):
        del self.logged_in_users[websocket]
