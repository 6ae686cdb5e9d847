#!/usr/bin/python3
"""What it costs to be one room of several servers, and what it brings on this machine: a server alone, and one, two and
three nodes on a NATS server, under the same loads, in turn. Everything shares the machine's cores, the load generator and
NATS as well: it shows what the way through the sequence costs, and nothing of what further machines would bring.
"""
import argparse
import contextlib
import datetime
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile

sys.path[:0] = ["reference-server/tests"]
from cluster_kit import Nats, Node  # noqa: E402
from server import machine  # noqa: E402

SERVER, LOADGEN = "build/release/reference-server/chatlab-server", "build/release/loadgen/chatlab-loadgen"
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")
LIGHT = ["--clients", "100", "--senders", "10", "--rate", "100", "--warmup", "1s", "--duration", "4s"]
FLAT_OUT = ["--clients", "100", "--senders", "16", "--closed", "4", "--warmup", "1s", "--duration", "4s"]
FIGURES = {"deliveries_per_s": "deliveries/s", "p50_ms": "completion p50, ms", "p99_ms": "p99, ms",
           "server_us": "CPU of all servers, us a delivery", "nats_us": "of NATS", "lost": "lost"}


def cpu_seconds(processes):
    total = 0
    for process in processes:
        with open(f"/proc/{process}/stat", encoding="ascii") as stat:
            fields = stat.read().rpartition(")")[2].split()
        total += (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND
    return total


@contextlib.contextmanager
def servers(nodes, folder):
    """The URLs, the servers' processes, and NATS'; 0 nodes: one server that is alone."""
    with contextlib.ExitStack() as stack:
        if nodes == 0:
            alone = subprocess.Popen([SERVER, "--port", "0"], stdout=subprocess.PIPE, text=True)
            stack.callback(alone.wait)
            stack.callback(alone.terminate)
            yield [alone.stdout.readline().removeprefix("listening on ").strip()], [alone.pid], []
            return
        nats = Nats(tempfile.mkdtemp(dir=folder))
        stack.callback(nats.stop)
        started = []
        for number in range(nodes):
            started.append(Node(SERVER, nats, f"node-{number + 1}", timeout=5))
            stack.callback(started[-1].stop)
        yield [node.url for node in started], [node.process.pid for node in started], [nats.process.pid]


def measure(nodes, ranks, load, folder):
    report = os.path.join(folder, "report.json")
    with servers(nodes, folder) as (urls, server_processes, nats_processes):
        before = cpu_seconds(server_processes), cpu_seconds(nats_processes)
        command = [LOADGEN, *urls, *(["--spread"] if len(urls) > 1 else []), *load, "--no-headroom", "--quiet", "--out", report]
        if ranks > 1:
            command = ["mpirun", "--allow-run-as-root", "--oversubscribe", "--mca", "plm", "isolated", "-n", str(ranks), *command]
        ended = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if ended.returncode not in (0, 3):  # 3: it had no core of its own; what was lost is told beside
            sys.exit(f"{' '.join(command)}: exit code {ended.returncode}\n{ended.stdout}\n{ended.stderr}")
        after = cpu_seconds(server_processes), cpu_seconds(nats_processes)
    with open(report, encoding="utf-8") as file:
        found = json.load(file)
    percentiles = found["times"]["completion"]["percentiles_us"]
    # What the processes took from the first login on stands against what was delivered from the warm-up on.
    seconds = found["settings"]["warmup_s"] + found["settings"]["duration_s"]
    deliveries = found["throughput"]["deliveries_per_s"] * seconds
    return {"deliveries_per_s": found["throughput"]["deliveries_per_s"], "p50_ms": percentiles["50"] / 1000,
            "p99_ms": percentiles["99"] / 1000, "server_us": (after[0] - before[0]) * 1e6 / deliveries,
            "nats_us": (after[1] - before[1]) * 1e6 / deliveries, "lost": found["integrity"]["lost"]}


def in_words(name, value):
    return f"{value:,.0f}" if name in ("deliveries_per_s", "lost") else f"{value:.2f}"


def table(title, rows, load, rounds, folder):
    measured = {row: [] for row in rows}
    for _ in range(rounds):
        for row in rows:
            measured[row].append(measure(*row, load, folder))
            print(".", end="", file=sys.stderr, flush=True)
    print(f"\n| {title} | {' | '.join(FIGURES.values())} |\n| --- |{' --- |' * len(FIGURES)}")
    for (nodes, ranks), found in measured.items():
        name = "one server, alone" if nodes == 0 else f"{nodes} node{'s' * (nodes > 1)}"
        name += f", {ranks} ranks" if ranks > 1 else ""
        medians = (in_words(figure, statistics.median(one[figure] for one in found)) for figure in FIGURES)
        print(f"| {name} | {' | '.join(medians)} |", flush=True)


def main():
    parser = argparse.ArgumentParser(prog="ci/bench cluster", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3, metavar="N", help="medians of so many (3)")
    options = parser.parse_args()
    version = re.search(r"v\d\S+", subprocess.run(["nats-server", "--version"], capture_output=True, text=True).stdout)[0]
    print(f"{datetime.date.today()}, {machine()}, nats-server {version}, {options.rounds} rounds, load average {os.getloadavg()[0]:.1f} "
          "at the beginning")
    with tempfile.TemporaryDirectory() as folder:
        table("100 clients, 100 chats a second", [(0, 1), (1, 1), (2, 1), (3, 1)], LIGHT, options.rounds, folder)
        table("the same, several ranks", [(0, 2), (0, 4), (3, 2), (3, 4)], LIGHT, options.rounds, folder)
        table("100 clients, 64 chats in flight", [(0, 1), (1, 1), (2, 1), (3, 1)], FLAT_OUT, options.rounds, folder)


if __name__ == "__main__":
    main()
