#!/usr/bin/python3
"""nginx in front of a server.

    ci/peers/nginx/server.py COMMAND...

starts the command, a server that obeys $PORT, and an nginx on $PORT that hands everything on to it.
"""

import os
import signal
import sys
import tempfile

from proxy import nginx, pass_on_to

sys.path.insert(0, os.path.join(os.path.dirname(__file__), ".."))
from inner import LISTENING, inner_server, own_port  # noqa: E402


def main():
    command = sys.argv[1:]
    if not command:
        sys.exit("usage: server.py COMMAND...")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with tempfile.TemporaryDirectory() as folder, inner_server(command) as inner_port:
        with nginx(folder, pass_on_to(f"127.0.0.1:{inner_port}"), port=own_port()) as port:
            print(f"{LISTENING}{port}", flush=True)
            signal.pause()


if __name__ == "__main__":
    main()
