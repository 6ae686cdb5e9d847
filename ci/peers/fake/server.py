#!/usr/bin/python3
"""A chat server that does to its messages what it is told, and writes down what it did.

It is for testing a load generator: every delay, loss, copy, exchange and stall is known, so every figure that is
reported about them can be checked. "The first" is the client that logged in first; faults that concern one
recipient concern it.
"""

import argparse
import asyncio
import json
import os
import signal
import socket
import ssl
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "hostile"))
import raw_websocket as ws  # noqa: E402

def quoted(value):
    return '"' + "".join(f"\\u{ord(letter):04x}" for letter in value) + '"'


def escaped(text):
    """Every letter of every string as an escape: JSON that means the same."""
    return "{" + ",".join(f"{quoted(key)}:{quoted(value)}" for key, value in json.loads(text).items()) + "}"


HANDS = {
    "as-it-came": lambda text: text,
    "spaced": lambda text: json.dumps(json.loads(text), indent=2),
    "sorted": lambda text: json.dumps(json.loads(text), sort_keys=True, separators=(",", ":")),
    "escaped": escaped,
    "rebuilt": lambda text: json.dumps({**json.loads(text), "at": time.time(), "room": "main"}),
}


class Client:
    def __init__(self, writer):
        self.writer = writer
        self.name = None
        self.held = None  # a frame that the next one overtakes, and whose: nothing for anybody's

    def send(self, frame):
        if not self.writer.is_closing():
            self.writer.write(frame)


class Server:
    def __init__(self, options):
        self.options = options
        self.clients = []  # logged in, in the order of their logins
        self.done = {"chats": 0, "deliveries": 0, "lost": 0, "copies": 0, "swaps": 0, "changed": 0}
        self.by_sender = {}
        self.free_at = 0  # with --capacity: when it has done with what has come so far
        self.nowhere = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)  # with --work: a socket that nobody reads
        self.nowhere.bind(("127.0.0.1", 0))
        self.nowhere.connect(self.nowhere.getsockname())
        self.nowhere.setblocking(False)

    def frames(self, text):
        payload = HANDS[self.options.hand](text).encode()
        if self.options.frames == "fragments" and len(payload) > 2:
            third = len(payload) // 3
            return (ws.frame(ws.TEXT, payload[:third], fin=False) + ws.frame(ws.PING, b"still there?")
                    + ws.frame(ws.CONTINUATION, payload[third:2 * third], fin=False)
                    + ws.frame(ws.CONTINUATION, payload[2 * third:]))
        return ws.frame(ws.TEXT, payload)

    def announce(self, kind):
        text = json.dumps({"type": kind, "users": [client.name for client in self.clients]})
        for client in self.clients:
            client.send(ws.frame(ws.TEXT, text.encode()))

    def login(self, client, name):
        client.name = name
        self.clients.append(client)
        self.announce("login")

    def forget(self, client):
        if client in self.clients:
            self.clients.remove(client)
            self.announce("disconnect")

    def chat(self, text):
        if self.options.capacity:
            # A server that needs 1 / capacity for each chat, one after another: they queue where more come.
            loop = asyncio.get_running_loop()
            self.free_at = max(self.free_at, loop.time()) + 1 / self.options.capacity
            loop.call_at(self.free_at, self.take_chat, text)
        else:
            self.take_chat(text)

    def take_chat(self, text):
        self.done["chats"] += 1
        number = self.done["chats"]
        if number == self.options.stall_after:
            time.sleep(self.options.stall)  # the whole process stands still
        if number == self.options.tell_after:
            print(f"{number} chats have come", flush=True)
        if number == self.options.stop_after:
            self.stop()
        sender = json.loads(text)["username"] if self.options.swap else None
        if self.options.delay:
            asyncio.get_running_loop().call_later(self.options.delay, self.relay, number, sender, text)
        else:
            self.relay(number, sender, text)

    def relay(self, number, sender, text):
        frame = self.frames(text)
        for client in self.clients[1:]:
            for again in range(self.options.work):
                frame = self.frames(text)
                if again:
                    self.send_nowhere(frame)
            client.send(frame)
            self.done["deliveries"] += 1
        if self.clients:
            self.relay_to_the_first(self.clients[0], number, sender, text, frame)

    def send_nowhere(self, frame):
        try:
            self.nowhere.send(frame)
        except BlockingIOError:
            pass

    def relay_to_the_first(self, client, number, sender, text, frame):
        every = lambda n: n and number % n == 0
        if every(self.options.lose):
            self.done["lost"] += 1
            return
        if every(self.options.change):
            self.done["changed"] += 1
            client.send(self.frames(text.replace("abcdef", "abCdef")))
            return
        self.done["deliveries"] += 1
        if self.options.swap:
            count = self.by_sender[sender] = self.by_sender.get(sender, 0) + 1
            if count % self.options.swap == 0 and client.held is None:
                client.held = (sender, frame)
                return
        if every(self.options.overtake) and client.held is None:
            client.held = (None, frame)
            return
        if self.options.late:
            asyncio.get_running_loop().call_later(self.options.late, client.send, frame)
        else:
            client.send(frame)
        if client.held and client.held[0] in (None, sender):
            client.send(client.held[1])
            client.held = None
            self.done["swaps"] += 1
        if every(self.options.copy):
            self.done["copies"] += 1
            client.send(frame)

    def stop(self):
        how = self.options.stop
        if how == "exit":
            os._exit(1)
        if how == "hang":
            time.sleep(3600)
        for client in list(self.clients):
            client.send(ws.close_frame(1001))
            client.writer.close()

    async def serve(self, reader, writer):
        client = Client(writer)
        try:
            await ws.accept(reader, writer)
            while True:
                text = (await ws.read_message(reader, writer)).decode()
                if text.startswith('{"type":"chat"'):
                    self.chat(text)
                    continue
                message = json.loads(text)
                if message["type"] == "login":
                    self.login(client, message["username"])
                elif message["type"] == "disconnect":
                    self.forget(client)
        except (ws.Gone, ConnectionError):
            pass
        finally:
            self.forget(client)
            writer.close()


def tls(options):
    if not options.certificate:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.certificate)
    return context


async def run(options):
    server = Server(options)
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", options.port, limit=ws.LONGEST_PAYLOAD_BYTES,
                                           backlog=1000, ssl=tls(options))
    if options.receive_buffer:
        for one in listening.sockets:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, options.receive_buffer)
    print(f"listening on ws://127.0.0.1:{listening.sockets[0].getsockname()[1]}", flush=True)
    await ended.wait()
    if options.record:
        with open(options.record, "w", encoding="utf-8") as file:
            json.dump(server.done, file)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    add("--port", type=int, default=os.environ.get("PORT") or os.environ.get("WS_PORT") or "8081")
    add("--record", metavar="FILE", help="write what was done here when SIGTERM comes")
    add("--delay", type=float, default=0, metavar="S", help="relay every chat so much later")
    add("--capacity", type=float, metavar="R", help="relay no more than so many chats a second; the others wait")
    add("--work", type=int, default=0, metavar="N", help="do the work of every delivery N times: make the frame anew, and send it (all but one to nobody)")
    add("--late", type=float, default=0, metavar="S", help="and to the first client so much later still")
    add("--lose", type=int, metavar="N", help="the first client does not get every Nth chat")
    add("--copy", type=int, metavar="N", help="it gets every Nth chat twice")
    add("--swap", type=int, metavar="N", help="it gets every Nth chat of a sender after that sender's next one")
    add("--overtake", type=int, metavar="N", help="it gets every Nth chat after the next one, whoever sent that")
    add("--change", type=int, metavar="N", help="it gets every Nth chat with another text")
    add("--stall-after", type=int, default=-1, metavar="N", help="stand still when the Nth chat has come ...")
    add("--stall", type=float, default=1, metavar="S", help="... for so long")
    add("--tell-after", type=int, default=-1, metavar="N", help="say so when the Nth chat has come")
    add("--stop-after", type=int, default=-1, metavar="N", help="when the Nth chat has come, do as --stop says")
    add("--stop", choices=["exit", "close", "hang"], default="exit")
    add("--hand", choices=HANDS, default="as-it-came", help="how chats are written")
    add("--frames", choices=["whole", "fragments"], default="whole", help="fragments: with pings between them")
    add("--certificate", metavar="FILE", help="speak TLS, with this certificate and its key")
    add("--receive-buffer", type=int, metavar="BYTES", help="of its sockets")
    asyncio.run(run(parser.parse_args()))


if __name__ == "__main__":
    main()
