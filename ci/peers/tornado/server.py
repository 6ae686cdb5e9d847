#!/usr/bin/python3
"""The Mini Chat lab, solved in Python on Tornado: a handler object per socket, whose methods the library calls one
after another, and writes that do not wait. Nothing is awaited, so nothing can come between a change of the roster and
the broadcast that tells of it (P11). The P numbers are the rules of reference-server/PROTOCOL.md.
"""

import argparse
import asyncio
import json
import logging
import os
import signal

import tornado.httpserver
import tornado.netutil
import tornado.web
import tornado.websocket

MAX_MESSAGE_BYTES = 2 * 2**20  # a text of 1 MiB and the JSON around it

log = logging.getLogger("chat")


def refuse_constant(name):
    raise ValueError(f"{name} is not JSON")  # Python would accept NaN and Infinity


class Chat(tornado.websocket.WebSocketHandler):
    logged_in_users = {}  # handler -> username, in the order of login; one for all handlers

    def check_origin(self, origin):
        return True  # the lab's page is opened from disk

    def on_message(self, message):
        data = self.parse(message)
        if data is None:
            self.answer_error("Expected one JSON object per message.", "It must be a text message that holds an object.")
            return
        kind = data.get("type")
        if kind == "login":
            self.login(data.get("username"))
        elif kind == "disconnect":
            if not self.forget():
                log.warning("disconnect from a socket that is not logged in")  # P8
        elif kind == "chat":
            self.broadcast(message)  # P4: the text as it came
        else:
            log.warning("Unrecognized message type: %.200r", message)  # P5

    def on_close(self):
        self.forget()  # P7: it may have left without a disconnect

    @staticmethod
    def parse(message):
        """The message as a dict, or None where it is none."""
        if not isinstance(message, str):
            return None  # a binary frame
        try:
            data = json.loads(message, parse_constant=refuse_constant)
        except (ValueError, RecursionError):
            return None
        return data if isinstance(data, dict) else None

    def login(self, username):
        if not isinstance(username, str) or not username:  # P9
            self.answer_error("A login needs a username.", '"username" must be a string that is not empty.')
            return
        self.logged_in_users[self] = username  # P2: a second login keeps the key's place
        self.announce("login")

    def forget(self):
        """P3: first out of the dictionary, so that the leaver is neither named nor told. False: it was not in there."""
        if self.logged_in_users.pop(self, None) is None:
            return False
        self.announce("disconnect")
        return True

    def announce(self, kind):
        self.broadcast(json.dumps({"type": kind, "users": list(self.logged_in_users.values())}))

    def broadcast(self, text):
        for handler in self.logged_in_users:
            handler.tell(text)

    def answer_error(self, error, details):
        self.tell(json.dumps({"error": error, "details": details}))  # P6: to the sender alone

    def tell(self, text):
        try:
            written = self.write_message(text)
        except tornado.websocket.WebSocketClosedError:
            return  # gone; its own on_close tells the others
        written.add_done_callback(lambda future: future.exception())  # the same, found out later


async def run(port):
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    sockets = tornado.netutil.bind_sockets(port, "127.0.0.1")
    application = tornado.web.Application([(r"/.*", Chat)], websocket_max_message_size=MAX_MESSAGE_BYTES)
    tornado.httpserver.HTTPServer(application).add_sockets(sockets)
    print(f"listening on ws://127.0.0.1:{sockets[0].getsockname()[1]}", flush=True)
    await stop.wait()
    for handler in list(Chat.logged_in_users):
        handler.close(1001)


def main():
    parser = argparse.ArgumentParser(description="The Mini Chat lab, solved on Tornado.")
    parser.add_argument(
        "--port",
        type=int,
        default=os.environ.get("PORT") or os.environ.get("WS_PORT") or "8081",
        help="0 picks a free one (default: $PORT, then $WS_PORT, then 8081)",
    )
    options = parser.parse_args()
    logging.basicConfig(format="%(message)s")
    logging.getLogger("tornado.access").setLevel(logging.ERROR)
    try:
        asyncio.run(run(options.port))
    except (OSError, OverflowError) as error:
        parser.exit(2, f"server.py: {error}\n")


if __name__ == "__main__":
    main()
