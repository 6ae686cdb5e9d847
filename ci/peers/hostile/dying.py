"""Right chat servers whose whole process dies on a certain message."""

import os
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).resolve().parent.parent / "faulty"))

from chat_server import ChatServer, run  # noqa: E402, F401

CRASHED = 1  # the exit code


class DiesOnChat(ChatServer):
    """A right server whose process exits at the first chat message."""

    async def chat(self, websocket, data):
        os._exit(CRASHED)


class DiesOnUnrecognized(ChatServer):
    """A right server whose process exits at the first message of an unrecognized type."""

    async def unrecognized(self, websocket, data):
        os._exit(CRASHED)


DYING = {"dies-on-chat": DiesOnChat, "dies-on-unrecognized": DiesOnUnrecognized}
