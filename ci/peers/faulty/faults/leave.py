"""Mistakes about a socket that goes away without a disconnect message."""

import asyncio
import json

import websockets

from chat_server import ChatServer

# A socket that was dropped before a message was sent is seen to be gone by then.
NOTICE_SECONDS = 0.01


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
