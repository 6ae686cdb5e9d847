"""Every fault by its name: class LoginTwice is "login-twice"."""

import re

from chat_server import ChatServer
from . import chat, disconnect, leave, login, robust, roster, unrecognized


def kebab_case(class_name):
    return re.sub(r"(?<!^)(?=[A-Z])", "-", class_name).lower()


def faults_in(module):
    for thing in vars(module).values():
        if isinstance(thing, type) and issubclass(thing, ChatServer) and thing is not ChatServer:
            yield kebab_case(thing.__name__), thing


FAULTS = {
    name: fault
    for module in (login, roster, disconnect, chat, unrecognized, leave, robust)
    for name, fault in faults_in(module)
}
