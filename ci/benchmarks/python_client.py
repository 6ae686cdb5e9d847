#!/usr/bin/python3
"""A load generator as one writes it in Python: websockets, one task a client, json.loads for every message.

   python_client.py PORT CLIENTS RATE SECONDS     prints deliveries and CPU seconds
"""
import asyncio
import json
import sys
import time

import websockets

port, clients, rate, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4])
deliveries = 0


async def receive(socket):
    global deliveries
    async for message in socket:
        deliveries += json.loads(message)["type"] == "chat"


async def main():
    global deliveries
    sockets = []
    for number in range(clients):
        sockets.append(await websockets.connect(f"ws://127.0.0.1:{port}", compression=None, ping_interval=None))
        await sockets[-1].send(json.dumps({"type": "login", "username": f"python-{number}"}))
    readers = [asyncio.create_task(receive(socket)) for socket in sockets]
    await asyncio.sleep(0.5)
    deliveries, cpu, start = 0, time.process_time(), time.monotonic()
    for number in range(int(rate * seconds)):
        await asyncio.sleep(max(0, start + number / rate - time.monotonic()))
        await sockets[number % 10].send(json.dumps({"type": "chat", "username": "python", "text": "x" * 128}))
    await asyncio.sleep(0.5)
    print(deliveries, time.process_time() - cpu)
    for reader in readers:
        reader.cancel()


asyncio.run(main())
