"""What a hostile server does to one connection. A function's name in kebab-case is its kind.

Each ends, and with it the connection, when the client has left.
"""

import asyncio
import itertools
import random
import socket
import struct

from raw_websocket import (
    CLOSE,
    CONTINUATION,
    PING,
    TEXT,
    accept,
    close_frame,
    frame,
    read_frame,
    read_message,
    read_request,
    read_until_gone,
)

GOODBYE_SECONDS = 1  # how long a client may take to answer a close
FRAMES_PER_WRITE = 256
FRAGMENT_BYTES = 64 * 1024

SMALL_CHAT = frame(TEXT, b'{"type": "chat", "username": "flood", "text": "and on"}')
NOT_JSON = (
    b"",
    b"hello",
    b"{",
    b'{"type": "chat", }',
    b"{'type': 'login'}",
    b"<p>Hi</p>",
    b"undefined",
)
BROKEN_UTF8 = b'{"type": "chat", "username": "a", "text": "\xc3\x28 \xff"}'


async def mute(reader, writer):
    """Completes the handshake, reads everything, and never answers, not even a close."""
    await accept(reader, writer)
    await read_until_gone(reader)


async def never_reads(reader, writer):
    """Completes the handshake and never reads again, so that a long message cannot be sent."""
    await accept(reader, writer)
    writer.transport.pause_reading()
    await asyncio.Event().wait()


async def closes_at_once(reader, writer):
    """Completes the handshake and closes properly, with code 1011."""
    await accept(reader, writer)
    writer.write(close_frame(1011))
    await asyncio.wait_for(answered_close(reader), GOODBYE_SECONDS)


async def answered_close(reader):
    while (await read_frame(reader))[0] != CLOSE:
        pass


async def resets(reader, writer):
    """Completes the handshake and resets the TCP connection."""
    await accept(reader, writer)
    no_lingering = struct.pack("ii", 1, 0)
    writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, no_lingering)
    writer.transport.abort()


async def never_accepts(reader, writer):
    """Accepts the TCP connection and never answers the HTTP request."""
    await read_until_gone(reader)


async def not_websocket(reader, writer):
    """Answers every request with HTTP 200 and a small page."""
    await read_request(reader)
    await answer_http(writer, b"200 OK", b"<p>Just a web server.</p>")


async def http_404(reader, writer):
    """Answers every request with HTTP 404."""
    await read_request(reader)
    await answer_http(writer, b"404 Not Found", b"<p>Not found.</p>")


async def answer_http(writer, status, text):
    page = b"<!doctype html><title>" + status + b"</title>" + text + b"\n"
    writer.write(
        b"HTTP/1.1 " + status + b"\r\n"
        b"Content-Type: text/html; charset=utf-8\r\n"
        b"Content-Length: " + str(len(page)).encode() + b"\r\n"
        b"Connection: close\r\n\r\n" + page
    )
    await writer.drain()


async def garbage_text(reader, writer):
    """Answers each message with text frames that aren't JSON."""
    await answer_each(reader, writer, b"".join(frame(TEXT, text) for text in NOT_JSON))


async def invalid_utf8(reader, writer):
    """Answers each message with a text frame that isn't UTF-8."""
    await answer_each(reader, writer, frame(TEXT, BROKEN_UTF8))


async def answer_each(reader, writer, answer):
    await accept(reader, writer)
    while True:
        await read_message(reader, writer)
        writer.write(answer)
        await writer.drain()


async def garbage_frames(reader, writer):
    """Answers each message with bytes that are no frame; the next message gets other ones."""
    await accept(reader, writer)
    while True:
        await read_message(reader, writer)
        writer.write(next(broken_frames))
        await writer.drain()


# Shared by all connections: a client that hangs up at the first and comes back meets the second.
broken_frames = itertools.cycle(
    (
        frame(0x3, b"{}"),  # a reserved opcode
        frame(0xB, b"{}"),  # a reserved control opcode
        frame(0x70 | TEXT, b"{}"),  # reserved bits that nobody has negotiated
        frame(CONTINUATION, b"{}"),  # continues nothing
        frame(PING, b"half a ping", fin=False),  # control frames must not be fragmented
        frame(PING, bytes(126)),  # nor be this long
        frame(CLOSE, b"\x03"),  # half a close code
        b"\x81\x82\x00\x00\x00\x00{}",  # masked, which only clients may do
        b"\x81\xff" + b"\xff" * 8,  # a length with the highest bit set
        random.Random(8).randbytes(4096),  # the same noise on every run
    )
)


async def floods(reader, writer):
    """From the first message on sends small chat messages for ever, as fast as they are read."""
    await accept(reader, writer)
    await read_message(reader, writer)
    await write_until_gone(reader, writer, SMALL_CHAT * FRAMES_PER_WRITE)


async def floods_big(reader, writer):
    """From the first message on sends a single text message, in fragments, that never ends."""
    await accept(reader, writer)
    await read_message(reader, writer)
    writer.write(frame(TEXT, b'{"type": "chat", "username": "flood", "text": "', fin=False))
    await write_until_gone(reader, writer, frame(CONTINUATION, b"x" * FRAGMENT_BYTES, fin=False))


async def write_until_gone(reader, writer, chunk):
    gone = asyncio.create_task(read_until_gone(reader))
    try:
        while not gone.done():
            writer.write(chunk)
            await writer.drain()
            await asyncio.sleep(0)  # drain() doesn't yield while there is room
    finally:
        gone.cancel()
        writer.transport.abort()


KINDS = {
    kind.__name__.replace("_", "-"): kind
    for kind in (
        mute,
        never_reads,
        closes_at_once,
        resets,
        never_accepts,
        not_websocket,
        http_404,
        garbage_text,
        invalid_utf8,
        garbage_frames,
        floods,
        floods_big,
    )
}
