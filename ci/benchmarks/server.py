#!/usr/bin/python3
"""Measures the reference server beside others: fresh processes, one after another in every round, the server on
one core and the load client on another. It prints medians over the rounds, and ratios of what was measured in
the same round; nothing that was not measured.

That the load client is not what is measured shows in its own share of its core, which is printed: where it is
busy all the time, the figure is a lower bound for the server.
"""

import argparse
import datetime
import json
import os
import platform
import signal
import statistics
import subprocess
import sys

BUILD = "build/release"
LOAD = f"{BUILD}/ci/benchmarks/bench-load"
CLIENTS, SENDERS = 1000, 10
IDLE_CONNECTIONS = 2000
PEERS = {
    "gathered floor": f"{BUILD}/ci/benchmarks/floor",
    "chatlab-server": f"{BUILD}/reference-server/chatlab-server",
    "chatlab-server --coalesce-rosters": f"{BUILD}/reference-server/chatlab-server --coalesce-rosters",
    "floor, one send per delivery": f"{BUILD}/ci/benchmarks/floor --per-delivery",
    "textbook Beast": f"{BUILD}/ci/benchmarks/textbook-beast",
    "Go gorilla": f"{BUILD}/ci/benchmarks/go-gorilla",
    "Node ws": "node ci/peers/node/server.js",
    "Python websockets, broadcast()": "/usr/bin/python3 ci/peers/python/app.py --broadcast",
    "Python websockets, the lab's loop": "/usr/bin/python3 ci/peers/python/app.py",
}
OURS, FLOOR = "chatlab-server", "gathered floor"
COALESCING = "chatlab-server --coalesce-rosters"
FAST = (OURS, FLOOR, COALESCING)


class Server:
    """A fresh process on a free port, pinned to the first core."""

    def __init__(self, command, **options):
        words = ["taskset", "-c", "0", *command.split(), "--port", "0"]
        self.process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, **options)
        line = self.process.stdout.readline()
        if not line.startswith("listening on ws://127.0.0.1:"):
            raise SystemExit(f"{command} does not listen: {line!r}")
        self.port = int(line.rsplit(":", 1)[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def load(self, clients, *steps):
        """What the load client printed, step by step, while it is still there."""
        command = ["taskset", "-c", "1", LOAD, str(self.port), str(self.process.pid), str(clients), str(SENDERS), *steps]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as client:
            try:
                yield from map(json.loads, client.stdout)
            except BaseException:  # nobody wants the rest
                client.kill()
                raise
        if client.returncode:
            raise SystemExit(f"{' '.join(command)}: exit code {client.returncode}")

    def metric(self, name):
        url = f"http://127.0.0.1:{self.port}/metrics"
        text = subprocess.run(["curl", "-s", url], capture_output=True, text=True, check=True).stdout
        return next(float(line.split()[1]) for line in text.splitlines() if line.startswith(name + " "))

    def resident_bytes(self):
        with open(f"/proc/{self.process.pid}/smaps_rollup", encoding="ascii") as lines:
            return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("Pss:"))


def idle_bytes(command):
    """What an upgraded connection that says nothing costs the process."""
    with Server(command) as server:
        list(server.load(SENDERS, "wait:0:0"))  # what is made once, for the first connections
        before = server.resident_bytes()
        for _ in server.load(IDLE_CONNECTIONS, "wait:0:60"):
            return (server.resident_bytes() - before) / IDLE_CONNECTIONS


def measure(name, command, everything):
    enter = "enter" if "floor" in name else "login"
    result = {}
    if name == COALESCING:
        with Server(command) as server:
            result["storm_s"] = next(server.load(CLIENTS, enter))["seconds"]
        return result
    with Server(command) as server:
        *_, small = server.load(100, enter, "rate:100:4")  # so few in a second that one second is too short
        result["small_cpu_us"] = small["cpu_us_per_delivery"]
    with Server(command) as server:
        steps = ["rate:50:1"] + (["flight:1:1", "flight:64:1", "highest:0:0.7"] if everything else [])
        rows = {f"{row['step']}:{row.get('amount', '')}": row for row in server.load(CLIENTS, enter, *steps)}
    keep(result, rows, "login:", storm_s="seconds", storm_client_busy="client_busy")
    keep(result, rows, "rate:50", cpu_us="cpu_us_per_delivery")
    keep(result, rows, "flight:1", one_at_a_time="deliveries_per_s")
    keep(result, rows, "flight:64", flight="deliveries_per_s", flight_client_busy="client_busy")
    for step in [step for step in rows if step.startswith("highest:")]:
        keep(result, rows, step, highest="deliveries_per_s", highest_client_busy="client_busy")
    if name == OURS:
        result["frames_per_send"] = frames_per_send(command)
    if everything:
        result["idle_bytes"] = idle_bytes(command)
    return result


def keep(result, rows, step, **figures):
    """Takes from a step's row, where the step was taken, what is wanted and was measured."""
    for name, figure in figures.items():
        if figure in rows.get(step, {}):
            result[name] = rows[step][figure]


def frames_per_send(command):
    """With 64 chats in flight: deliveries by calls of send, as the server counts both."""
    names = ("chatlab_deliveries_total", "chatlab_sends_total")
    with Server(command) as server:
        # After the first flight, which comes after the logins, and after the second.
        counts = [[server.metric(name) for name in names]
                  for row in server.load(CLIENTS, "login", "flight:64:1", "flight:64:1") if row["step"] == "flight"]
        return (counts[1][0] - counts[0][0]) / (counts[1][1] - counts[0][1])


def median(rounds, name, figure):
    values = [row[name][figure] for row in rounds if figure in row.get(name, {})]
    return statistics.median(values) if values else None


def ratio(rounds, numerator, denominator):
    """Median over the rounds of one figure divided by another of the same round."""
    (name, figure), (other, other_figure) = numerator, denominator
    values = [row[name][figure] / row[other][other_figure] for row in rounds
              if figure in row.get(name, {}) and other_figure in row.get(other, {})]
    return (statistics.median(values), len(values)) if values else (None, 0)


def write_table(rounds):
    columns = [("small_cpu_us", "100 clients, 10 k deliveries/s: CPU us per delivery", "{:.1f}", 1),
               ("cpu_us", "50 k deliveries/s: CPU us per delivery", "{:.1f}", 1),
               ("one_at_a_time", "one broadcast at a time, k/s", "{:,.0f}", 1e-3),
               ("flight", "64 in flight, k/s", "{:,.0f}", 1e-3),
               ("highest", "highest open-loop rate, k/s", "{:,.0f}", 1e-3),
               ("frames_per_send", "frames per send, 64 in flight", "{:.0f}", 1),
               ("storm_s", "login storm, s", "{:.2f}", 1),
               ("idle_bytes", "idle KiB per connection", "{:z.1f}", 1 / 1024)]
    print(f"| {CLIENTS:,} clients, {SENDERS} senders |", " | ".join(title for _, title, _, _ in columns), "|")
    print("| --- " * (len(columns) + 1) + "|")
    for name in PEERS:
        cells = []
        for figure, _, form, scale in columns:
            value = median(rounds, name, figure)
            cells.append("" if value is None else form.format(value * scale))
        print(f"| {name} |", " | ".join(cells), "|")


def write_targets(rounds):
    rosters = CLIENTS * (CLIENTS + 1) / 2
    rows = []
    for load, figure in ("100 clients", "small_cpu_us"), ("50 k/s", "cpu_us"):
        ours = OURS, figure
        rows += [(f"CPU per delivery, {load}, to the floor's", *ratio(rounds, ours, (FLOOR, figure)), "<=", 1.2)]
        rows += [(f"{words} CPU to ours, {load}", *ratio(rounds, (name, figure), ours), ">=", target)
                 for name, words, target in (("textbook Beast", "textbook Beast's", 1.5), ("Node ws", "Node's", 1.4),
                                             ("Python websockets, the lab's loop", "the lab's Python loop's", 2.5))]
    rows += [
        ("64 in flight, to the floor's rate", *ratio(rounds, (OURS, "flight"), (FLOOR, "flight")), ">=", 0.4),
        ("open loop, to the floor's rate", *ratio(rounds, (OURS, "highest"), (FLOOR, "highest")), ">=", 0.14),
        ("storm without to with --coalesce-rosters", *ratio(rounds, (OURS, "storm_s"), (COALESCING, "storm_s")), ">=", 30),
        ("storm, us per roster frame", *scaled(median(rounds, OURS, "storm_s"), 1e6 / rosters, rounds), "<=", 3.6),
        ("idle KiB per connection", *scaled(median(rounds, OURS, "idle_bytes"), 1 / 1024, rounds), "<=", 4),
        ("frames per send, 64 in flight", *scaled(median(rounds, OURS, "frames_per_send"), 1, rounds), ">=", 12),
    ]
    print("\n| | median | rounds | target | |\n| --- | --- | --- | --- | --- |")
    for what, value, count, sign, target in rows:
        if value is None:
            continue
        kept = value <= target if sign == "<=" else value >= target
        print(f"| {what} | {value:.2f} | {count} | {sign} {target} | {'kept' if kept else 'MISSED'} |")


def scaled(value, scale, rounds):
    return (None if value is None else value * scale), len(rounds)


def machine():
    with open("/proc/cpuinfo", encoding="ascii", errors="replace") as lines:
        model = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), "unknown")
    return f"{os.cpu_count()} x {model}, Linux {platform.release()}"


def write_report(rounds):
    print(f"{datetime.date.today()}, {machine()}, {len(rounds)} rounds\n")
    write_table(rounds)
    write_targets(rounds)
    for figure, what in (("flight", "64 in flight"), ("highest", "the highest rate"), ("storm", "the login storm")):
        shares = ", ".join(f"{name} {median(rounds, name, figure + '_client_busy'):.0%}" for name in PEERS
                           if median(rounds, name, figure + "_client_busy") is not None)
        print(f"\nThe load client's share of its own core at {what}: {shares}.")


def main():
    parser = argparse.ArgumentParser(prog="ci/bench server", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--into", metavar="FILE", help="keep the rounds there, and go on from those that are there")
    parser.add_argument("--few", action="store_true", help="of the slow servers, only the CPU per delivery and the storm")
    arguments = parser.parse_args()
    rounds = []
    if arguments.into and os.path.exists(arguments.into):
        with open(arguments.into, encoding="utf-8") as kept:
            rounds = [json.loads(line) for line in kept]
    for number in range(arguments.rounds):
        print(f"round {number + 1} of {arguments.rounds}", file=sys.stderr)
        rounds.append({name: measure(name, command, name in FAST or not arguments.few)
                       for name, command in PEERS.items()})
        if arguments.into:
            with open(arguments.into, "a", encoding="utf-8") as kept:
                kept.write(json.dumps(rounds[-1]) + "\n")
    write_report(rounds)


if __name__ == "__main__":
    main()
