#!/usr/bin/python3
"""A room of three servers on three hosts, one of which is cut off and joined again. The hosts are network namespaces with
a bridge between them; NATS is on the first one, each has a node, and in each an observer and somebody who chats, so that
they stay with their node when the others do not hear it.

    network_test.py CHATLAB_SERVER

Exit code 77, and a line that says why: namespaces cannot be made here.
"""
import asyncio
import contextlib
import itertools
import sys
import tempfile

from cluster_kit import Client, Nats, Node
from network_kit import hosts

NODE_TIMEOUT_SECONDS = 5


def texts(client):
    return [message["text"] for message in client.heard if message.get("type") == "chat"]


def last_roster(client):
    return [message["users"] for message in client.heard if "users" in message][-1]


async def say_until_heard(talker, words):
    """Says it again, each time with another number, until one is heard: that one."""
    for number in itertools.count():
        text, since = f"{words} {number}", len(talker.heard)
        await talker.chat(text)
        at = await talker.until(lambda message: "error" in message or message.get("text") == text, since)
        if "error" not in talker.heard[at - 1]:
            return text


async def prove(places, nodes):
    observers = [await Client.at(node, f"observer {node.name}", sock=place.connect(node.port))
                 for place, node in zip(places, nodes)]
    talkers = [await Client.at(node, f"talker {node.name}", sock=place.connect(node.port))
               for place, node in zip(places, nodes)]
    everybody = {f"{role} {node.name}" for role in ("observer", "talker") for node in nodes}
    for observer in observers:
        await observer.until(lambda message: set(message.get("users", ())) == everybody)

    async def talk(phase):
        for turn in range(20):
            await asyncio.gather(*(talker.chat(f"{phase} {number} {turn}") for number, talker in enumerate(talkers)))
        for number in range(len(talkers)):
            for observer in observers:
                await observer.until_text(f"{phase} {number} 19")

    await talk("before")
    print("before: all hear all")

    places[2].cut_off()
    cut, others = observers[2], observers[:2]
    left = everybody - {"observer c", "talker c"}
    since = {cut: len(cut.heard)}
    for observer in others:
        since[observer] = await observer.until(lambda message: message.get("type") == "disconnect" and set(message["users"]) == left)
    print("cut off: its users are announced as gone")
    missed = await say_until_heard(talkers[0], "while c is away")
    await others[1].until_text(missed)
    while True:  # whoever speaks at the host that is cut off is told so
        heard = len(talkers[2].heard)
        await talkers[2].chat("can anybody hear me?")
        at = await talkers[2].until(lambda message: "error" in message, heard)
        if talkers[2].heard[at - 1]["error"] == "The message was not sent.":
            break
    assert cut.socket.open and talkers[2].socket.open
    assert missed not in texts(cut)

    places[2].join_again()
    for observer in observers:
        await observer.until(lambda message: message.get("type") == "login" and set(message["users"]) == everybody, since[observer])
    print("joined again: its users are announced again")
    back = await say_until_heard(talkers[2], "c is back")
    for observer in observers:
        await observer.until_text(back)
    await talk("after")

    for observer in observers:
        assert set(last_roster(observer)) == everybody, last_roster(observer)
    first, second, third = map(texts, observers)
    assert first == second, "those who were never away see one order"
    assert len(set(first)) == len(first), "each once"
    at = third.index(back)
    assert third[at:] == first[first.index(back):], "and so does who was, from then on"
    assert [text for text in first if text in third] == third, "and before"
    assert len(set(third)) == len(third)
    for phase in ("before", "after"):
        wanted = {f"{phase} {number} {turn}" for number in range(3) for turn in range(20)}
        assert wanted <= set(first) and wanted <= set(third)
    print(f"one order, each once: {len(first)} chats, {len(third)} of them at the host that was away")


def main():
    [program] = sys.argv[1:]
    with hosts() as places, tempfile.TemporaryDirectory(prefix="network-") as folder, contextlib.ExitStack() as stack:
        nats = Nats(folder, host=places[0].address, prefix=places[0].prefix)
        stack.callback(nats.stop)
        nodes = []
        for place, name in zip(places, "abc"):
            nodes.append(Node(program, nats, name, "--host", place.address, timeout=NODE_TIMEOUT_SECONDS, prefix=place.prefix))
            stack.callback(nodes[-1].stop)
        try:
            asyncio.run(prove(places, nodes))
        except BaseException:
            for node in nodes:
                print(f"{node.name} said:\n{node.said()}", file=sys.stderr)
            raise


if __name__ == "__main__":
    main()
