#!/usr/bin/python3
"""What chatlab-loadgen costs, and what it finds, side by side with others, in one run.

   ci/bench loadgen [PART...]     floor, many, others and servers, or these:

     floor     CPU for each delivery against a bare epoll client that only counts frames, in both load shapes
     many      10,000 clients in one process, and memory for each of them
     others    deliveries for each second of CPU, beside a Python websockets client and artillery
     servers   the servers of ci/peers and the reference server, in both load shapes, with the verdicts
     equals    20 comparisons of a server with itself: in how many "no difference" is said
     twice     20 comparisons with a copy that does twice the work for each delivery: in how many it is found slower
     limit     sweeps of servers that are throttled to known rates: what is found

Ratios are what counts: machines are noisy, so each pair is measured in turns, and the median of the turns' ratios
is printed. CHATLAB_TURNS says how many turns (5).
"""
import argparse
import contextlib
import json
import os
import pathlib
import socket
import statistics
import subprocess
import sys
import tempfile
import time

build = pathlib.Path("build/release")
loadgen, bare = build / "loadgen/chatlab-loadgen", build / "loadgen/chatlab-bare-client"
go_peer = build / "ci/benchmarks/go-gorilla"
turns = int(os.environ.get("CHATLAB_TURNS", "5"))


@contextlib.contextmanager
def reflector(clients):
    """The cheapest server there is, on a free port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    process = subprocess.Popen([loadgen, "--serve-reflector", str(clients)], env={**os.environ, "PORT": str(port)})
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.02)
        yield port, process
    finally:
        process.terminate()
        process.wait()


def run_loadgen(port, *arguments):
    done = subprocess.run([loadgen, f"ws://127.0.0.1:{port}", "--quiet", "--no-gate", "--no-headroom", "--format", "json",
                           "--warmup", "300ms", "--login-rate", "5000", *arguments], capture_output=True, text=True)
    if not done.stdout:
        sys.exit(done.stderr)
    report = json.loads(done.stdout)
    if report["unreachable"]:
        sys.exit(report["unreachable"])
    return report


def against_bare(name, clients, senders, load, seconds=2):
    shape = ["--closed", load[1:]] if load.startswith("c") else ["--rate", load]
    ratios, ours, theirs = [], [], []
    for _ in range(turns):
        with reflector(clients) as (port, _process):
            report = run_loadgen(port, "--clients", str(clients), "--senders", str(senders), *shape, "--duration",
                                 f"{seconds}s")
            ours.append(report["resources"]["generator"]["cpu_us_per_delivery"])
        with reflector(clients) as (port, _process):
            done = subprocess.run([bare, str(port), str(clients), str(senders), load, str(seconds), "128"],
                                  capture_output=True, text=True, check=True)
            theirs.append(float(done.stdout.split()[2]))
        ratios.append(ours[-1] / theirs[-1])
    print(f"{name:<44} loadgen {statistics.median(ours):6.3f} us   bare epoll {statistics.median(theirs):6.3f} us   "
          f"ratio {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})", flush=True)


def many():
    resident = {}
    for clients in (100, 10_000):
        with reflector(clients) as (port, _process):
            report = run_loadgen(port, "--clients", str(clients), "--senders", "10", "--rate", "5", "--duration", "4s",
                                 "--patience", "30s")
        resident[clients] = report["resources"]["generator"]["resident_bytes"]
        completion = report["times"]["completion"]["percentiles_us"]
        print(f"{clients} clients: reach {report['integrity']['reach']:.4f}, completion p50 {completion['50']} us, p99 "
              f"{completion['99']} us, {resident[clients]} B resident, {report['verdict']['trust']}", flush=True)
    print(f"memory for each client: {(resident[10_000] - resident[100]) / 9_900:.0f} B of the process")


def others():
    clients, rate, seconds = 100, 100, 5
    client = "ci/benchmarks/python_client.py"
    artillery = pathlib.Path("ci/benchmarks/artillery/node_modules/.bin/artillery")
    rows = []
    with reflector(clients) as (port, _process):
        report = run_loadgen(port, "--clients", str(clients), "--rate", str(rate), "--duration", f"{seconds}s")
        rows.append(("chatlab-loadgen", 1e6 / report["resources"]["generator"]["cpu_us_per_delivery"]))
    with reflector(clients) as (port, _process):
        report = run_loadgen(port, "--clients", str(clients), "--closed", "8", "--duration", f"{seconds}s")
        rows.append(("chatlab-loadgen, in batches (--closed 8)", 1e6 / report["resources"]["generator"]["cpu_us_per_delivery"]))
    with reflector(clients) as (port, _process):
        done = subprocess.run([client, str(port), str(clients), str(rate), str(seconds)], capture_output=True, text=True, check=True)
        deliveries, cpu_s = map(float, done.stdout.split())
        rows.append(("Python websockets", deliveries / cpu_s))
    rows.append(("artillery, which does not look at them", run_artillery(artillery, clients, rate)))
    for name, per_second in rows:
        print(f"{name:<44} {per_second:>12,.0f} deliveries for each second of its CPU")


def run_artillery(artillery, clients, rate):
    """It starts for seconds of CPU, so a short run is taken off a long one. It does not count what it receives: its
    deliveries are the chats that it was told to send, to all of its clients."""
    short, long = 2, 12
    cpu_s = artillery_cpu_s(artillery, clients, rate, long) - artillery_cpu_s(artillery, clients, rate, short)
    return rate * (long - short) * clients / cpu_s


def artillery_cpu_s(artillery, clients, rate, seconds):
    chat = {"send": json.dumps({"type": "chat", "username": "artillery", "text": "x" * 128})}
    login = {"send": json.dumps({"type": "login", "username": "artillery"})}
    with reflector(clients) as (port, _process), tempfile.NamedTemporaryFile("w", suffix=".json") as script:
        json.dump({"config": {"target": f"ws://127.0.0.1:{port}", "phases": [{"duration": 1, "arrivalCount": clients}]},
                   "scenarios": [{"engine": "ws", "flow": [login, {"think": 2}, {
                       "loop": [chat, {"think": clients / rate}], "count": int(rate * seconds / clients)},
                       {"think": 1}]}]}, script)
        script.flush()
        before = os.times()
        subprocess.run([artillery, "run", "--quiet", script.name], check=True, stdout=subprocess.DEVNULL)
        after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


SERVERS = {
    "reference": f"{build}/reference-server/chatlab-server --port {{port}}",
    "Go, gorilla": f"{go_peer} --port {{port}}",
    "Node, ws": "node ci/peers/node/server.js",
    "Python, broadcast()": "/usr/bin/python3 ci/peers/python/app.py --broadcast",
    "Python, naive loop": "/usr/bin/python3 ci/peers/python/app.py",
}
SERVER_LOADS = {"50/s": ["--rate", "50"], "4 in flight each": ["--closed", "4"]}


def servers():
    """The server on one core, the generator on another."""
    print("| server | load | p50 | p90 | p99 | reach | deliveries/s | CPU | verdict |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    reasons = []
    for load, shape in SERVER_LOADS.items():
        for name, command in SERVERS.items():
            done = subprocess.run(["taskset", "-c", "1", loadgen, "--launch", f"exec taskset -c 0 {command}", "--clients",
                                   "200", "--senders", "10", "--duration", "5s", "--format", "json", "--quiet", *shape],
                                  capture_output=True, text=True)
            if not done.stdout:
                sys.exit(f"{name}: {done.stderr}")
            report = json.loads(done.stdout)
            if report["unreachable"]:
                sys.exit(f"{name}: {report['unreachable']}")
            times = report["times"]["completion"]["percentiles_us"]
            cells = ["never" if times[percent] is None else f"{times[percent] / 1000:.1f}" for percent in ("50", "90", "99")]
            cpu = [report["resources"][side]["cpu_us_per_delivery"] for side in ("server", "generator")]
            print(f"| {name} | {load} | {' | '.join(cells)} | {report['integrity']['reach'] * 100:g} % | "
                  f"{report['throughput']['deliveries_per_s']:,.0f} | {cpu[0]:.2g} / {cpu[1]:.2g} | "
                  f"{report['verdict']['trust']} |", flush=True)
            reasons += [f"{name}, {load}: {reason}" for reason in report["verdict"]["reasons"]]
    print("\n".join(["", *reasons]))


def compare(first, second, seed):
    """-> the word about the second, and its ratio to the first."""
    done = subprocess.run([loadgen, "compare", f"first={{{first}}}", f"second={{{second}}}", "--seed", str(seed), "--quiet",
                           "--clients", "60", "--rate", "50", "--duration", "1s", "--warmup", "200ms", "--format", "json"],
                          capture_output=True, text=True)
    if not done.stdout:
        sys.exit(done.stderr)
    second = json.loads(done.stdout)["targets"][1]
    figure = second["figures"]["p50"]
    return (second["standing"] if second["standing"] != "ranked" else figure["difference"]), figure["ratio"], figure["low"], figure["high"]


def count_words(first, second, wanted):
    words = []
    for seed in range(1, 21):
        word, ratio, low, high = compare(first, second, seed)
        words.append(word)
        print(f"  {seed:>2}: {word}" + (f", {ratio:.3f} ({low:.3f} to {high:.3f})" if high else ""), flush=True)
    print(f"{words.count(wanted)} of {len(words)} say: {wanted}")


def equals():
    server = "exec node ci/peers/node/server.js"
    count_words(server, server, "none")


def twice():
    server = "exec ci/peers/fake/server.py --hand rebuilt --work"
    count_words(f"{server} 1", f"{server} 2", "slower")


def limit():
    for capacity in (150, 400, 800):
        done = subprocess.run([loadgen, "sweep", f"throttled={{exec ci/peers/fake/server.py --capacity {capacity}}}", "--clients", "20",
                               "--quiet", "--format", "json"], capture_output=True, text=True)
        if not done.stdout:
            sys.exit(done.stderr)
        found = json.loads(done.stdout)["targets"][0]
        held = found["held"] or 0
        print(f"throttled to {capacity}/s: {found['words']}: {held / capacity:.2f} of it", flush=True)


def floor():
    against_bare("one by one: 100 clients, 100/s, open loop", 100, 10, "100")
    against_bare("one by one: 500 clients, 50/s, open loop", 500, 10, "50")
    against_bare("in batches: 100 clients, 8 in flight each", 100, 10, "c8")
    against_bare("in batches: 100 clients, 64 in flight each", 100, 10, "c64")


PARTS = {"floor": floor, "many": many, "others": others, "servers": servers, "equals": equals, "twice": twice, "limit": limit}
USUAL = ["floor", "many", "others", "servers"]


def main():
    parser = argparse.ArgumentParser(prog="ci/bench loadgen", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("parts", nargs="*", metavar="PART")
    parts = parser.parse_args().parts or USUAL
    for part in parts:
        if part not in PARTS:
            parser.error(f"{part} is none of {', '.join(PARTS)}")
    for part in parts:
        print(f"\n{part}")
        PARTS[part]()


if __name__ == "__main__":
    main()
