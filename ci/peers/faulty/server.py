#!/usr/bin/python3
"""A chat server that is right but for one mistake, chosen with --fault NAME.

Every fault is a small class under faults/ that overrides one or two methods of the
right server in chat_server.py. The class name in kebab-case is the fault's name and
the first line of its docstring says what goes wrong.
"""

import argparse
import asyncio
import logging
import os

from chat_server import ChatServer, run
from faults import FAULTS


def main():
    parser = argparse.ArgumentParser(description="A chat server with one fault.")
    parser.add_argument(
        "--port",
        type=int,
        default=os.environ.get("PORT") or os.environ.get("WS_PORT") or "8081",
        help="0 picks a free one (default: $PORT, then $WS_PORT, then 8081)",
    )
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--fault", metavar="NAME", help='a name from --list, or "none"')
    choice.add_argument("--list", action="store_true", help="print every fault and what it does")
    options = parser.parse_args()

    if options.list:
        for name, fault in FAULTS.items():
            print(name, fault.__doc__.splitlines()[0], sep="\t")
        return
    if options.fault != "none" and options.fault not in FAULTS:
        parser.exit(2, f'server.py: no fault is called "{options.fault}"; --list prints them all\n')

    logging.basicConfig(format="%(message)s")
    chat_server = FAULTS.get(options.fault, ChatServer)()
    try:
        asyncio.run(run(chat_server, options.port))
    except (OSError, OverflowError) as error:
        parser.exit(2, f"server.py: {error}\n")


if __name__ == "__main__":
    main()
