"""Three hosts on one machine: network namespaces with a bridge between them, all in a network namespace of their own, which
ends with this process. For tests that exit with 77, and a line that says why, where they cannot be made."""
import contextlib
import ctypes
import os
import socket
import subprocess
import sys
import threading

from cluster_kit import PATIENCE_SECONDS

SKIPPED = 77
CLONE_NEWNET = 0x40000000
HOSTS = ["10.77.0.1", "10.77.0.2", "10.77.0.3"]
BRIDGE = "chatlab0"


def ip(*arguments):
    subprocess.run(["ip", *arguments], check=True, capture_output=True, text=True)


class Host:
    def __init__(self, number):
        self.address, self.name, self.link = HOSTS[number], f"chatlab-{os.getpid()}-{number}", f"chatlab-{number}"
        self.prefix = ["ip", "netns", "exec", self.name]
        ip("netns", "add", self.name)
        try:
            ip("link", "add", self.link, "type", "veth", "peer", "name", "eth0", "netns", self.name)
            ip("link", "set", self.link, "master", BRIDGE, "up")
            ip("-n", self.name, "address", "add", f"{self.address}/24", "dev", "eth0")
            for link in ("lo", "eth0"):
                ip("-n", self.name, "link", "set", link, "up")
        except subprocess.CalledProcessError:
            self.remove()
            raise

    def remove(self):
        ip("netns", "delete", self.name)

    def cut_off(self):
        ip("link", "set", self.link, "down")

    def join_again(self):
        ip("link", "set", self.link, "up")

    def connect(self, port):
        """A connection within this host. A socket belongs to the namespace in which it was made."""
        made = []

        def make():
            with open(f"/run/netns/{self.name}", encoding="utf-8") as namespace:
                if ctypes.CDLL(None, use_errno=True).setns(namespace.fileno(), CLONE_NEWNET):
                    raise OSError(ctypes.get_errno(), "setns")
            made.append(socket.create_connection((self.address, port), PATIENCE_SECONDS))

        thread = threading.Thread(target=make)  # its namespace ends with it
        thread.start()
        thread.join()
        made[0].setblocking(False)
        return made[0]


@contextlib.contextmanager
def hosts():
    """In a network namespace of their own, which ends with this process."""
    if os.geteuid() != 0 or ctypes.CDLL(None).unshare(CLONE_NEWNET):
        print("skipped: this user may not make network namespaces")
        sys.exit(SKIPPED)
    with contextlib.ExitStack() as stack:
        made = []
        try:
            ip("link", "add", BRIDGE, "type", "bridge")
            ip("link", "set", BRIDGE, "up")
            for number in range(len(HOSTS)):
                made.append(Host(number))
                stack.callback(made[-1].remove)
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"skipped: no network namespaces here: {error} {getattr(error, 'stderr', '')}")
            sys.exit(SKIPPED)
        yield made
