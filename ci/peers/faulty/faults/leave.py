"""Mistakes about a socket that goes away without a disconnect message."""

import asyncio
import collections
import json

import websockets

from chat_server import ChatServer

# A socket that was dropped before a message was sent is seen to be gone by then.
NOTICE_SECONDS = 0.01

# A burst is what follows after so many short chat messages of one socket. A broadcast then takes until somebody
# leaves, or this long.
BURST = 25
SHORT_BYTES = 1000
BROADCAST_SECONDS = 5
POLL_SECONDS = 0.005


class VanishedStays(ChatServer):
    """A socket that goes away without a disconnect stays in every roster, and is skipped."""

    async def vanished(self, websocket):
        pass


class VanishBreaksBroadcast(ChatServer):
    """A dropped socket is never forgotten, and the loop ends at it: those after it hear nothing.

    The clean-up stands after `async for`, where a closing handshake gets to, instead
    of in a `finally`; and the `try` stands around the loop, instead of in it.
    """

    async def vanished(self, websocket):
        if not was_dropped(websocket):
            await super().vanished(websocket)

    async def send_to_everyone(self, data):
        await asyncio.sleep(NOTICE_SECONDS)
        text = json.dumps(data)
        for sock in list(self.logged_in_users):
            try:
                await sock.send(text)
            except websockets.ConnectionClosed:
                if was_dropped(sock):
                    return


def was_dropped(websocket):
    """Whether it went away without a closing handshake."""
    return websocket.close_rcvd is None


class VanishedUnannounced(ChatServer):
    """A socket that goes away without a disconnect is forgotten, and nobody is told."""

    async def vanished(self, websocket):
        self.forget(websocket)


class ChatLoopsOverDictionary(ChatServer):
    """In a burst the loop runs over the dictionary itself, which changes when somebody leaves meanwhile.

    Then the loop ends in a RuntimeError, and with it the connection of the sender.
    """

    def __init__(self):
        super().__init__()
        self.chats = collections.Counter()

    async def respond_to_message(self, websocket, message):
        data = json.loads(message) if is_short_chat(message) else None
        self.chats[websocket] += data is not None
        if data is None or self.chats[websocket] <= BURST:
            await super().respond_to_message(websocket, message)
            return
        try:
            await self.send_in_place(data)
        except RuntimeError:
            await websocket.close(1011)  # with its handshake: what is under way would reset TCP, and lose the code
            raise

    async def send_in_place(self, data):
        everybody = list(self.logged_in_users)
        until = asyncio.get_running_loop().time() + BROADCAST_SECONDS
        for sock in self.logged_in_users:
            await self.send(sock, data)
            while list(self.logged_in_users) == everybody and asyncio.get_running_loop().time() < until:
                await asyncio.sleep(POLL_SECONDS)


def is_short_chat(message):
    try:
        return len(message) < SHORT_BYTES and json.loads(message).get("type") == "chat"
    except (AttributeError, TypeError, ValueError):
        return False
