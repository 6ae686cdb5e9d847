#!/usr/bin/python3
"""Right servers of other editions of the lab, chosen with --edition NAME: tutorial12 or lab07-2021."""

import argparse
import asyncio
import logging
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "faulty"))
from chat_server import ChatServer, run  # noqa: E402


class Tutorial12(ChatServer):
    """The roster is in active_users; who has come or gone is named beside it."""

    async def announce_login(self, websocket, data):
        await self.send_to_everyone({"type": "login", "user_joined": data["username"], "active_users": self.roster()})

    async def disconnect(self, websocket, data):
        await self.vanished(websocket)

    async def vanished(self, websocket):
        name = self.logged_in_users[websocket]
        self.forget(websocket)
        await self.send_to_everyone({"type": "disconnect", "user_left": name, "active_users": self.roster()})


class Lab07(ChatServer):
    """The roster is a set of names, and every open socket is sent to."""

    def __init__(self):
        super().__init__()
        self.open_sockets = set()

    async def serve_connection(self, websocket):
        self.open_sockets.add(websocket)
        await super().serve_connection(websocket)

    async def closed(self, websocket):
        self.open_sockets.discard(websocket)
        await super().closed(websocket)

    def roster(self):
        return list(dict.fromkeys(self.logged_in_users.values()))

    async def send_to_everyone(self, data):
        await self.send_to(self.open_sockets, data)


EDITIONS = {"tutorial12": Tutorial12, "lab07-2021": Lab07}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--edition", choices=EDITIONS, required=True)
    parser.add_argument("--port", type=int, default=os.environ.get("PORT") or os.environ.get("WS_PORT") or "8081",
                        help="0 picks a free one (default: $PORT, then $WS_PORT, then 8081)")
    options = parser.parse_args()
    logging.basicConfig(format="%(message)s")
    asyncio.run(run(EDITIONS[options.edition](), options.port))


if __name__ == "__main__":
    main()
