"""Just enough of RFC 6455 by hand, to say things that no WebSocket library would."""

import asyncio
import base64
import hashlib
import struct

ACCEPT_SUFFIX = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
LONGEST_PAYLOAD_BYTES = 16 * 2**20  # more than any client here sends

CONTINUATION, TEXT, BINARY = 0x0, 0x1, 0x2
CLOSE, PING, PONG = 0x8, 0x9, 0xA


class Gone(Exception):
    """The client has left, or isn't one that speaks WebSocket."""


async def read_request(reader):
    """The HTTP request, up to its empty line."""
    try:
        return await reader.readuntil(b"\r\n\r\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
        raise Gone from error


async def accept(reader, writer):
    """The opening handshake."""
    request = await read_request(reader)
    key = header(request, b"sec-websocket-key")
    if not key:
        writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        raise Gone
    token = base64.b64encode(hashlib.sha1(key + ACCEPT_SUFFIX).digest())
    writer.write(
        b"HTTP/1.1 101 Switching Protocols\r\n"
        b"Upgrade: websocket\r\n"
        b"Connection: Upgrade\r\n"
        b"Sec-WebSocket-Accept: " + token + b"\r\n\r\n"
    )
    await writer.drain()


def header(request, wanted):
    for line in request.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == wanted:
            return value.strip()
    return b""


def frame(opcode, payload=b"", fin=True):
    """An unmasked frame, as servers send them."""
    first = (0x80 if fin else 0) | opcode
    if len(payload) < 126:
        return struct.pack("!BB", first, len(payload)) + payload
    if len(payload) < 2**16:
        return struct.pack("!BBH", first, 126, len(payload)) + payload
    return struct.pack("!BBQ", first, 127, len(payload)) + payload


def close_frame(code):
    return frame(CLOSE, struct.pack("!H", code))


async def read_frame(reader):
    """The next frame's opcode and payload."""
    try:
        first, second = await reader.readexactly(2)
        length = second & 0x7F
        if length == 126:
            (length,) = struct.unpack("!H", await reader.readexactly(2))
        elif length == 127:
            (length,) = struct.unpack("!Q", await reader.readexactly(8))
        if length > LONGEST_PAYLOAD_BYTES:
            raise Gone
        mask = await reader.readexactly(4) if second & 0x80 else bytes(4)
        payload = await reader.readexactly(length)
    except asyncio.IncompleteReadError as error:
        raise Gone from error
    return first & 0x0F, unmasked(payload, mask)


def unmasked(payload, mask):
    size = len(payload)
    key = (mask * (size // 4 + 1))[:size]
    return (int.from_bytes(payload, "big") ^ int.from_bytes(key, "big")).to_bytes(size, "big")


async def read_message(reader, writer):
    """Waits for the client's next message; answers its pings and its close on the way."""
    while True:
        opcode, payload = await read_frame(reader)
        if opcode == CLOSE:
            writer.write(frame(CLOSE, payload[:2]))
            raise Gone
        if opcode == PING:
            writer.write(frame(PONG, payload))
        elif opcode != PONG:
            return payload


async def read_until_gone(reader):
    """Takes what the client sends, and returns when it has left."""
    try:
        while await reader.read(65536):
            pass
    except ConnectionError:
        pass
