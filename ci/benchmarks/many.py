#!/usr/bin/python3
"""What the reference server does with very many clients, and what it takes for it, with the soft limit of
descriptors that machines have by default: 10,000 idle clients and a broadcast to all of them, and 5,000 logins in a
row. Both with --coalesce-rosters: without it, 5,000 logins are 250 GB of rosters, by the lab's own rules.
"""

import argparse
import datetime
import resource

from server import COALESCING, PEERS, Server, machine

DEFAULT_DESCRIPTORS = 1024  # what the server is started with; it raises it itself
IDLE, LOGINS = 10_000, 5_000


def with_default_descriptors():
    resource.setrlimit(resource.RLIMIT_NOFILE, (DEFAULT_DESCRIPTORS, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))


def main():
    parser = argparse.ArgumentParser(prog="ci/bench many", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args()
    print(f"{datetime.date.today()}, {machine()}\n")
    with Server(PEERS[COALESCING], preexec_fn=with_default_descriptors) as server:
        before = server.resident_bytes()
        load = server.load(IDLE, "login", "flight:1:3", "wait:0:60")
        storm, one, _ = (next(load) for _ in range(3))
        grown = server.resident_bytes() - before
        load.close()
        print(f"{IDLE:,} clients: all logged in, and told of all, after {storm['seconds']:.2f} s; a chat to all of "
              f"them takes {one['p50_ms']:.0f} ms (median), {one['cpu_us_per_delivery']:.1f} us of the server's CPU "
              f"a delivery; the process grew by {grown / 1024 / IDLE:.1f} KiB a client.")
    with Server(PEERS[COALESCING], preexec_fn=with_default_descriptors) as server:
        storm = next(server.load(LOGINS, "login"))
        print(f"{LOGINS:,} logins in a row: everybody has everybody after {storm['seconds']:.2f} s, "
              f"{storm['cpu_seconds']:.2f} s of the server's CPU.")


if __name__ == "__main__":
    main()
