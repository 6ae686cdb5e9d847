"""Mistakes in who gets a chat message, what is left of its text, and in which order."""

import asyncio
import html
import json
import re

import websockets

from chat_server import ChatServer

LONGEST_TEXT = 1000  # characters
FIRST_DELAY_SECONDS = 0.02
LONGEST_DELAY_SECONDS = 0.1
DELAY_STEP_SECONDS = 0.005
SHARED_SECONDS = 0.002


class ChatSenderLeftOut(ChatServer):
    """Everybody gets a chat message but its sender."""

    async def chat(self, websocket, data):
        await self.send_to([sock for sock in self.logged_in_users if sock is not websocket], data)


class ChatSenderOnly(ChatServer):
    """Only its sender gets a chat message."""

    async def chat(self, websocket, data):
        await self.send(websocket, data)


class ChatTwice(ChatServer):
    """Everybody gets every chat message twice."""

    async def chat(self, websocket, data):
        await super().chat(websocket, data)
        await super().chat(websocket, data)


class ChatRawString(ChatServer):
    """A chat message is encoded twice: it arrives as a JSON string that contains JSON."""

    async def chat(self, websocket, data):
        await super().chat(websocket, json.dumps(data))


class ChangesText:
    """What the next four have in common: the text is changed before it is relayed."""

    async def chat(self, websocket, data):
        if isinstance(data.get("text"), str):
            data = {**data, "text": self.changed(data["text"])}
        await super().chat(websocket, data)

    def changed(self, text):
        raise NotImplementedError


class ChatStripsText(ChangesText, ChatServer):
    """The text loses the white space around it, and its newlines become spaces."""

    def changed(self, text):
        return re.sub(r"\n+", " ", text.strip())


class ChatEscapesHtml(ChangesText, ChatServer):
    """The text is escaped for HTML on its way through the server."""

    def changed(self, text):
        return html.escape(text)


class ChatDropsUnicode(ChangesText, ChatServer):
    """The text loses every character that is not ASCII."""

    def changed(self, text):
        return text.encode("ascii", errors="ignore").decode()


class ChatTruncates(ChangesText, ChatServer):
    """The text is cut after 1000 characters."""

    def changed(self, text):
        return text[:LONGEST_TEXT]


class ChatDropsEmpty(ChatServer):
    """A chat message with an empty text is not relayed."""

    async def chat(self, websocket, data):
        if data.get("text") != "":
            await super().chat(websocket, data)


class ChatExtraType(ChatServer):
    """A chat message is relayed with the type "message"."""

    async def chat(self, websocket, data):
        await super().chat(websocket, {**data, "type": "message"})


class ChatReorders(ChatServer):
    """Every chat message is relayed by its own task: a burst of three or more is reordered.

    The first of a burst is quick and all that follow are slow, each a little less
    slow than the one before. So one message and a marker after it keep their order.
    """

    def __init__(self):
        super().__init__()
        self.bursts = {}  # websocket -> the tasks of the burst that it is sending

    async def chat(self, websocket, data):
        burst = self.bursts.setdefault(websocket, [])
        if all(task.done() for task in burst):
            burst.clear()
        delay_seconds = self.delay_seconds(place=len(burst))
        burst.append(asyncio.create_task(self.relay_later(delay_seconds, websocket, data)))

    def delay_seconds(self, place):
        if place == 0:
            return FIRST_DELAY_SECONDS
        return max(0, LONGEST_DELAY_SECONDS - place * DELAY_STEP_SECONDS)

    async def relay_later(self, delay_seconds, websocket, data):
        await asyncio.sleep(delay_seconds)
        async with self.turn:
            await super().chat(websocket, data)

    async def closed(self, websocket):
        self.bursts.pop(websocket, None)
        await super().closed(websocket)


class ChatRebuilt(ChatServer):
    """A chat message is built anew from its type, text and username; other fields are lost."""

    async def chat(self, websocket, data):
        await super().chat(websocket, {key: data[key] for key in ("type", "text", "username") if key in data})


class ChatInBinary(ChatServer):
    """A chat message is sent as bytes, in binary frames."""

    async def chat(self, websocket, data):
        websockets.broadcast(list(self.logged_in_users), json.dumps(data).encode())


class ChatNeedsLogin(ChatServer):
    """A chat message of a socket that is not logged in is dropped."""

    async def chat(self, websocket, data):
        if websocket in self.logged_in_users:
            await super().chat(websocket, data)


class ChatShared(ChatServer):
    """The message is kept where another sender's overwrites it, while the server waits a moment."""

    latest = None

    async def respond_to_message(self, websocket, message):
        if isinstance(message, str) and '"chat"' in message:
            self.latest = message
            await asyncio.sleep(SHARED_SECONDS)
            message = self.latest
        await super().respond_to_message(websocket, message)
