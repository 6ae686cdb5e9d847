"""Mistakes in who hears of a login, how often, and as what."""

from chat_server import ChatServer


class LoginNewcomerOnly(ChatServer):
    """Only the newcomer hears of the login."""

    async def announce_login(self, websocket, data):
        await self.send(websocket, {"type": "login", "users": self.roster()})


class LoginNewcomerLeftOut(ChatServer):
    """Everybody hears of the login but the newcomer."""

    async def announce_login(self, websocket, data):
        others = [sock for sock in self.logged_in_users if sock is not websocket]
        await self.send_to(others, {"type": "login", "users": self.roster()})


class LoginTwice(ChatServer):
    """Every login is announced twice to everybody."""

    async def announce_login(self, websocket, data):
        await super().announce_login(websocket, data)
        await super().announce_login(websocket, data)


class LoginWrongType(ChatServer):
    """A login is announced with the type "logged_in"."""

    async def announce_login(self, websocket, data):
        await self.send_to_everyone({"type": "logged_in", "users": self.roster()})


class LoginRaw(ChatServer):
    """The login message itself is relayed to everybody, instead of the roster."""

    async def announce_login(self, websocket, data):
        await self.send_to_everyone(data)


class SenderSentNTimes(ChatServer):
    """Every loop over the sockets sends to the sender each time: all copies are its own."""

    sender = None

    async def act_on(self, websocket, data):
        self.sender = websocket
        await super().act_on(websocket, data)

    async def closed(self, websocket):
        self.sender = websocket
        await super().closed(websocket)

    async def send_to_everyone(self, data):
        for _ in list(self.logged_in_users):
            await self.send(self.sender, data)


class LoginAgainAppends(ChatServer):
    """A second login on a socket adds an entry to the roster instead of replacing the first."""

    def __init__(self):
        super().__init__()
        self.logins = []  # (websocket, username)

    def remember(self, websocket, username):
        super().remember(websocket, username)
        self.logins.append((websocket, username))

    def forget(self, websocket):
        super().forget(websocket)
        self.logins = [login for login in self.logins if login[0] is not websocket]

    def roster(self):
        return [username for _, username in self.logins]


class LoginNotNeeded(ChatServer):
    """Chats go to every socket that has not logged in yet, too."""

    def __init__(self):
        super().__init__()
        self.waiting = {}  # sockets that have never logged in, in the order of their connecting

    async def serve_connection(self, websocket):
        self.waiting[websocket] = True
        try:
            await super().serve_connection(websocket)
        finally:
            self.waiting.pop(websocket, None)

    def remember(self, websocket, username):
        super().remember(websocket, username)
        self.waiting.pop(websocket, None)

    async def chat(self, websocket, data):
        await super().chat(websocket, data)
        await self.send_to(self.waiting, data)
