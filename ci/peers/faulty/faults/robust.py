"""What is wrong only with input that is odd, long, or late."""

import json

import websockets
from websockets.frames import OP_CLOSE

from chat_server import ChatServer

SMALL_MESSAGE_BYTES = 128 * 1024
FEW_CLIENTS = 40


def is_json(text):
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


class NotJsonCloses(ChatServer):
    """A text that is not JSON ends in an exception: the connection is closed with 1011."""

    async def malformed(self, websocket, message, error):
        if isinstance(message, str) and message and not is_json(message):
            raise error
        await super().malformed(websocket, message, error)


class NotObjectCloses(ChatServer):
    """JSON that is not an object ends in an exception: the connection is closed with 1011."""

    async def malformed(self, websocket, message, error):
        if isinstance(message, str) and is_json(message):
            raise error
        await super().malformed(websocket, message, error)


class EmptyCloses(ChatServer):
    """An empty message ends in an exception: the connection is closed with 1011."""

    async def malformed(self, websocket, message, error):
        if not message:
            raise error
        await super().malformed(websocket, message, error)


class BinaryRelayed(ChatServer):
    """A binary message is relayed to everybody as it came."""

    async def malformed(self, websocket, message, error):
        if isinstance(message, bytes):
            websockets.broadcast(list(self.logged_in_users), message)
        else:
            await super().malformed(websocket, message, error)


class TypeNeeded(ChatServer):
    """data["type"] raises a KeyError: who sends an object without a type is closed with 1011."""

    async def act_on(self, websocket, data):
        assert data["type"] is not None
        await super().act_on(websocket, data)


class UsernameNeeded(ChatServer):
    """data["username"] raises a KeyError: who logs in without one is closed with 1011."""

    async def nameless(self, websocket, data):
        raise KeyError("username")


class BigRefused(ChatServer):
    """A message of more than 128 KiB is answered with a close, code 1009."""

    max_message_bytes = SMALL_MESSAGE_BYTES


class FewHear(ChatServer):
    """The loop stops after 40 sockets; who came later hears nothing."""

    async def send_to(self, sockets, data):
        await super().send_to(list(sockets)[:FEW_CLIENTS], data)


class SlowReaderWaitedFor(ChatServer):
    """Each send waits until the socket has room again, and everybody waits with it."""

    async def send(self, sock, data):
        try:
            if sock.open:
                await sock.send(json.dumps(data))
        except websockets.ConnectionClosed:
            pass


class RefusesFragments(websockets.WebSocketServerProtocol):
    async def read_data_frame(self, max_size):
        frame = await super().read_data_frame(max_size)
        if frame is not None and not frame.fin:
            self.fail_connection(1003, "one frame a message")
            return None  # as after a close frame: what came with it is not read any more
        return frame


class FragmentsRefused(ChatServer):
    """A message that comes in fragments is answered with a close, code 1003."""

    protocol = RefusesFragments


class NeverPongs(websockets.WebSocketServerProtocol):
    async def pong(self, data=b""):
        pass


class PingUnanswered(ChatServer):
    """A ping gets no pong."""

    protocol = NeverPongs


class HangsUp(websockets.WebSocketServerProtocol):
    async def read_frame(self, max_size):
        frame = await super().read_frame(max_size)
        if frame.opcode == OP_CLOSE:
            self.transport.close()
            raise EOFError("hung up")
        return frame


class CloseUnanswered(ChatServer):
    """A close frame is answered with the end of the TCP connection, and nothing else."""

    protocol = HangsUp
