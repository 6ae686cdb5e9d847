#!/usr/bin/python3
"""Ranks on three hosts, each with a node of one room and, where the kernel lets it, a clock of its own: hours apart. The
hosts are network namespaces; NATS and mpirun are on the first one.

    hosts_test.py CHATLAB_LOADGEN CHATLAB_SERVER

Exit code 77, and a line that says why: namespaces cannot be made here.
"""
import asyncio
import contextlib
import json
import os
import pathlib
import shlex
import signal
import subprocess
import sys
import tempfile

import jsonschema

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE / "../../reference-server/tests"))
from cluster_kit import Client, Nats, Node  # noqa: E402
from network_kit import hosts  # noqa: E402

RANKS = [1, 1, 2]  # at each host
CLIENTS, SENDERS, RATE = 24, 8, 80
BROADCASTS = RATE  # in one second
schema = json.loads((HERE / "../report/report.schema.json").read_text())


def own_clocks():
    return subprocess.run(["unshare", "--time", "true"], check=False, capture_output=True).returncode == 0


def at_host(place, number, clocks):
    """A command's beginning: what follows is done there, under that host's name and by its clock."""
    ahead = ["--time", "--monotonic", str(10_000 * (number + 1))] if clocks else []
    return [*place.prefix, "unshare", "--uts", *ahead, "sh", "-c", f'hostname {place.name} && exec "$@"', "sh"]


class Hosts:
    def __init__(self, places, folder, program, clocks):
        self.program, self.folder = program, folder
        self.first = at_host(places[0], 0, clocks)
        self.agent = f"{folder}/agent"  # what mpirun has instead of ssh: it is given a host and a command line
        with open(self.agent, "w", encoding="utf-8") as file:
            file.write('#!/bin/sh\nhost=$1; shift; case $host in\n')
            for number, place in enumerate(places):
                file.write(f'{place.address}) exec {shlex.join(at_host(place, number, clocks))} sh -c "$*";;\n')
            file.write('esac\n')
        os.chmod(self.agent, 0o755)
        with open(f"{folder}/hosts", "w", encoding="utf-8") as file:
            file.writelines(f"{place.address} slots={ranks}\n" for place, ranks in zip(places, RANKS))

    def mpirun(self, *words):
        root = ["--allow-run-as-root"] if os.geteuid() == 0 else []
        links = [word for kind in ("btl", "oob") for word in ("--mca", f"{kind}_tcp_if_include", "eth0")]
        # By itself mpirun misses a host after eight minutes.
        watch = [word for what, value in (("time", 3), ("intvl", 1), ("probes", 3)) for word in ("--mca", f"oob_tcp_keepalive_{what}", str(value))]
        return [*self.first, "mpirun", *root, *links, *watch, "--mca", "odls_base_sigkill_timeout", "3", "--mca", "plm_rsh_agent", self.agent, "--bind-to", "none", "--hostfile", f"{self.folder}/hosts",
                "-n", str(sum(RANKS)), self.program, "--quiet", "--no-headroom", "--clients", str(CLIENTS), "--senders", str(SENDERS),
                "--rate", str(RATE), "--login-rate", "1000", "--warmup", "200ms", "--duration", "1s", "--i-may-load-this-server", *words]

    def measure(self, *words):
        done = subprocess.run(self.mpirun(*words, "--format", "json"), capture_output=True, text=True, timeout=120, check=False)
        if not done.stdout:
            raise AssertionError(f"exit {done.returncode}: {done.stderr}")
        report = json.loads(done.stdout)
        jsonschema.validate(report, schema)
        return report


def check_integrity(report):
    integrity = report["integrity"]
    assert integrity["broadcasts"] == integrity["complete"] == BROADCASTS, integrity
    assert integrity["deliveries"] == integrity["expected_deliveries"] == BROADCASTS * CLIENTS, integrity
    assert integrity["fifo_breaks"] == integrity["order_breaks"] == integrity["duplicates"] == 0, integrity
    assert [part["clients"] for part in report["parts"]] == [CLIENTS // sum(RANKS)] * sum(RANKS)


def prove(room, urls, clocks):
    apart = room.measure(*urls, "--spread")
    check_integrity(apart)
    assert apart["host_local"] and apart["clock_error_us"] is None
    # Of every sender those on its own host: one rank of four, or two.
    local = sum(ranks * ranks for ranks in RANKS) / sum(RANKS) ** 2
    assert apart["times"]["delivery"]["count"] == BROADCASTS * CLIENTS * local, apart["times"]["delivery"]
    print("host-local: one order, nothing lost between all pairs, times within hosts")

    compared = room.measure(*urls, "--spread", "--cross-host")
    check_integrity(compared)
    assert not compared["host_local"]
    error_us = compared["clock_error_us"]
    assert 0 < error_us < 1e6, "these clocks are hours apart"
    assert not any("before it was sent" in reason for reason in compared["verdict"]["reasons"]), compared["verdict"]
    for name in ("completion", "delivery", "first", "raw", "spread"):
        times = compared["times"][name]
        assert times["count"] == BROADCASTS * (CLIENTS if name in ("delivery", "raw") else 1), (name, times)
        assert times["over_range"] == 0
        assert all(value is None or value >= 10 * error_us for value in times["percentiles_us"].values()), (name, times)
    print(f"cross-host: {'three clocks' if clocks else 'one clock'}, known to {error_us:.0f} us; completion p99 "
          f"{compared['times']['completion']['percentiles_us']['99']} us")


def kill_rank(number):
    for path in pathlib.Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if f"OMPI_COMM_WORLD_RANK={number}".encode() in path.read_bytes().split(b"\0"):
                os.kill(int(path.parent.name), signal.SIGKILL)


async def lose_one(room, places, nodes, out, befall, *words):
    """Something befalls the third host while it measures: what the others measured is kept, each at its own host."""
    observer = await Client.at(nodes[0], f"observer {out}", sock=places[0].connect(nodes[0].port))
    command = room.mpirun(*(node.url for node in nodes), "--spread", "--no-gate", "--drain", "1s", "--out", f"{room.folder}/{out}", *words)
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as run:
        try:
            await observer.until(lambda message: message.get("type") == "chat")
            befall()
            _, errors = await asyncio.to_thread(run.communicate, timeout=120)
        finally:
            run.kill()
    assert run.returncode != 0
    assert errors.count("Each that is left keeps what it measured") == 1, errors
    for rank in (0, 1):
        report = json.loads(pathlib.Path(f"{room.folder}/{out}.rank-{rank}.json").read_text(encoding="utf-8"))
        jsonschema.validate(report, schema)
        assert report["verdict"]["trust"] == "INVALID"
        assert report["host_local"] and report["clock_error_us"] is None
        assert report["integrity"]["broadcasts"] > 0


def main():
    program, server = (os.path.abspath(path) for path in sys.argv[1:])
    with hosts() as places, tempfile.TemporaryDirectory(prefix="hosts-") as folder, contextlib.ExitStack() as stack:
        nats = Nats(folder, host=places[0].address, prefix=places[0].prefix)
        stack.callback(nats.stop)
        nodes = []
        for place, name in zip(places, "abc"):
            nodes.append(Node(server, nats, name, "--host", place.address, prefix=place.prefix))
            stack.callback(nodes[-1].stop)
        clocks = own_clocks()
        room = Hosts(places, folder, program, clocks)
        prove(room, [node.url for node in nodes], clocks)
        asyncio.run(lose_one(room, places, nodes, "killed", lambda: kill_rank(3), "--cross-host", "--duration", "30s"))
        print("a rank dies at another host: the others keep what they measured")
        asyncio.run(lose_one(room, places, nodes, "cut", places[2].cut_off))
        places[2].join_again()
        print("a host is cut off: the others keep what they measured")


if __name__ == "__main__":
    main()
