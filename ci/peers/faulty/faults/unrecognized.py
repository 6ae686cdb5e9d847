"""Mistakes about a message whose type is not one of the lab's three."""

from chat_server import ChatServer


class UnrecognizedRelayed(ChatServer):
    """A message of an unrecognized type is relayed to everybody as it came."""

    async def unrecognized(self, websocket, data):
        await super().unrecognized(websocket, data)
        await self.send_to_everyone(data)


class UnrecognizedWrapped(ChatServer):
    """An error object that contains the unrecognized message goes to everybody."""

    async def unrecognized(self, websocket, data):
        await super().unrecognized(websocket, data)
        await self.send_to_everyone({"error": "Unrecognized message type", "details": data})


class UnrecognizedCloses(ChatServer):
    """An unrecognized type ends in an exception: the sender's connection is closed with 1011."""

    async def unrecognized(self, websocket, data):
        await super().unrecognized(websocket, data)
        raise ValueError(f"Unrecognized message type: {data.get('type')!r:.200}")


class UnrecognizedForgets(ChatServer):
    """Who sends an unrecognized type is taken out of the dictionary, and nobody is told."""

    async def unrecognized(self, websocket, data):
        await super().unrecognized(websocket, data)
        self.forget(websocket)


class UnrecognizedNotLogged(ChatServer):
    """A message of an unrecognized type leaves no trace in the log."""

    async def unrecognized(self, websocket, data):
        pass


class UnrecognizedLoggedWithoutIt(ChatServer):
    """The log says that a type is not recognized, but nothing of the message that came."""

    async def unrecognized(self, websocket, data):
        print("Unrecognized message type")


class UnrecognizedAnswered(ChatServer):
    """The sender of an unrecognized type is told so."""

    async def unrecognized(self, websocket, data):
        await super().unrecognized(websocket, data)
        await self.send(websocket, {"error": "Unrecognized message type", "details": data})
