"""Mistakes in the list of users that an announcement carries."""

from chat_server import ChatServer


class RosterNewcomerOnly(ChatServer):
    """The roster of a login holds nobody but the newcomer."""

    async def announce_login(self, websocket, data):
        await self.send_to_everyone({"type": "login", "users": [data["username"]]})


class RosterObject(ChatServer):
    """Every roster is an object, {name: true}, instead of a list."""

    def roster(self):
        return {username: True for username in self.logged_in_users.values()}


class RosterLeavesOutNewcomer(ChatServer):
    """The roster of a login is made before the newcomer is added to it."""

    async def login(self, websocket, data):
        users = self.roster()
        self.remember(websocket, data["username"])
        await self.send_to_everyone({"type": "login", "users": users})


class SameNameMerged(ChatServer):
    """Every roster is a set of names: two sockets of one name are listed once."""

    def roster(self):
        return sorted(set(self.logged_in_users.values()))


class RosterOfObjects(ChatServer):
    """The users are objects that hold a name, not names."""

    def roster(self):
        return [{"name": name} for name in super().roster()]
