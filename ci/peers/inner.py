"""A server that another peer stands in front of, or keeps company: started as a command, asked for its port, ended with
it. For delay, nginx and strangers to import."""

import contextlib
import os
import signal
import subprocess
import sys
import threading

LISTENING = "listening on ws://127.0.0.1:"


@contextlib.contextmanager
def inner_server(command, port=0):
    """Starts the command with this port (0: it picks one) in PORT and WS_PORT; gives the port on which it listens. What
    it prints later goes to standard error. Where it ends by itself, so does this program."""
    environment = {**os.environ, "PORT": str(port), "WS_PORT": str(port)}
    started = subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True)
    wanted = threading.Event()

    def watch():
        for line in started.stdout:
            print(line, end="", file=sys.stderr, flush=True)
        if not wanted.is_set():
            os.kill(os.getpid(), signal.SIGTERM)

    try:
        line = started.stdout.readline()
        if not line.startswith(LISTENING):
            raise SystemExit(f"{' '.join(command)} does not listen; its first line is {line!r}")
        threading.Thread(target=watch, daemon=True).start()
        yield int(line[len(LISTENING) :])
    finally:
        wanted.set()
        started.terminate()
        started.wait()


def own_port():
    """The port on which a peer is asked to listen, unless --port says otherwise."""
    return int(os.environ.get("PORT") or os.environ.get("WS_PORT") or 8081)
