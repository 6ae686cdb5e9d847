#!/usr/bin/python3
"""Writes what follows from servers.json: docs/faults.md, which mistake of a server is caught by which check, and
conformance/fingerprints.json, by which the program tells what server another one behaves like.

    conformance/tests/fault_table.py            writes them anew
    conformance/tests/fault_table.py --print    prints the page
"""
import collections
import json
import os
import subprocess
import sys

import yaml

ROOT = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../..")
PAGE = f"{ROOT}/docs/faults.md"
FINGERPRINTS = f"{ROOT}/conformance/fingerprints.json"
HEAVY = ["robust.many_clients", "robust.slow_reader"]  # seconds each under sanitizers: only where they matter
# What right servers differ in: the loop of the hand-out waits for the slowest, and nobody is told to do otherwise.
EVERYBODYS_OWN = ["robust.slow_reader"]
MARKS = {"fail": "●", "blocked": "·"}


def load_suite():
    with open(f"{ROOT}/conformance/suites/lab08.yaml", encoding="utf-8") as file:
        return yaml.safe_load(file)


def load():
    """(checks of the suite, {fault: its entry in the table}, {fault: its sentence})"""
    checks = load_suite()["checks"]
    with open(f"{ROOT}/conformance/tests/servers.json", encoding="utf-8") as file:
        servers = json.load(file)
    prefix = "faulty."
    faults = {name[len(prefix):]: entry for name, entry in servers.items() if name.startswith(prefix)}
    listed = subprocess.run([f"{ROOT}/ci/peers/faulty/server.py", "--list"], capture_output=True, text=True, check=True)
    return checks, faults, dict(line.split("\t", 1) for line in listed.stdout.splitlines())


def dependents(checks):
    """{id: ids of the checks that mean nothing without it}, over any number of needs in between.

    What reaches others at all shows in login.announced and chat.everyone: the needs that are no checks stand for these.
    """
    stands_for = {"relay": ["login.announced", "chat.everyone"], "chat_relay": ["chat.everyone"]}
    found = collections.defaultdict(set)
    for check in checks:
        needs = {id for need in check.get("needs", []) for id in stands_for.get(need, [need])}
        for id in needs | {id for id, others in found.items() if others & needs}:
            found[id].add(check["id"])
    return found


def killers(faults):
    """{id of a check: faults that it alone catches}"""
    found = collections.defaultdict(list)
    for name, entry in faults.items():
        if len(entry["fail"]) == 1:
            found[entry["fail"][0]].append(name)
    return found


def page(checks, faults, sentences):
    alone = killers(faults)
    caught = {check["id"]: [name for name, entry in faults.items() if check["id"] in entry["fail"]] for check in checks}
    lines = [
        "# Who catches what",
        "",
        f"{len(faults)} servers, each right but for one mistake, and the {len(checks)} checks of the suite lab08. CI runs",
        "every server against the suite and compares the verdicts with `conformance/tests/servers.json`, from which",
        "`conformance/tests/fault_table.py` has written this page. Every check is the only one to catch at least one of the",
        "mistakes; checks that would mean nothing without it are blocked, not failed.",
        "",
        "| | check | level | mistakes that it alone catches | and with others |",
        "| ---: | --- | --- | --- | --- |",
    ]
    for number, check in enumerate(checks, 1):
        others = [name for name in caught[check["id"]] if name not in alone[check["id"]]]
        lines.append(f"| {number} | `{check['id']}` | {check['level']} | {', '.join(alone[check['id']])} | {', '.join(others)} |")
    lines += [
        "",
        "## Mistake by check",
        "",
        f"{MARKS['fail']} fails, {MARKS['blocked']} is blocked by a check that fails. `robust.many_clients` and `robust.slow_reader` take",
        "seconds under sanitizers and are run only against the mistakes that they are there for.",
        "",
        "| mistake | " + " | ".join(str(number) for number in range(1, len(checks) + 1)) + " | what it does |",
        "| --- " + "| :-: " * len(checks) + "| --- |",
    ]
    for name, entry in faults.items():
        cells = []
        for check in checks:
            marks = [mark for status, mark in MARKS.items() if check["id"] in entry.get(status, [])]
            cells.append(marks[0] if marks else " ")
        lines.append(f"| {name} | {' | '.join(cells)} | {sentences[name]} |")
    return "\n".join(lines) + "\n"


def diagnosis(suite, check, beginning):
    """All of what the suite says, of which the table has the beginning; empty where it says nothing."""
    if not beginning:
        return ""
    said = [each["say"] for part in (check, suite) for each in part.get("diagnose", [])]
    return next(say for say in said if say.startswith(beginning))


def fingerprint(suite, name, entry, sentence):
    """What the whole suite shows of one fault, for conformance/fingerprint.hpp."""
    blocked = set(entry.get("blocked", []))
    for check in suite["checks"]:  # the heavy ones, which CI leaves out
        if check["id"] in HEAVY and not entry.get("with_heavy_checks"):
            blocked |= {check["id"]} if blocked.union(entry["fail"]) & set(check["needs"]) else set()
    checks = {check["id"]: check for check in suite["checks"]}
    failures = {id: {"symptom": entry["symptom"][id],
                     "diagnosis": diagnosis(suite, checks[id], entry.get("diagnosis", {}).get(id))}
                for id in entry["fail"]}
    undecided = [id for id in EVERYBODYS_OWN if id not in blocked and id not in failures]
    return {"name": name, "mistake": sentence, "failures": failures,
            "blocked": [id for id in checks if id in blocked], "undecided": undecided}


def fingerprints():
    suite = load_suite()
    _, faults, sentences = load()
    counting = {check["id"] for check in suite["checks"] if check["level"] != "info"}  # the others do no harm
    return {"suite": suite["suite"],
            "servers": [fingerprint(suite, name, entry, sentences[name]) for name, entry in faults.items()
                        if counting.intersection(entry["fail"])]}


def told_alone(left_out=()):
    """{fault: its sentence}, for those that nothing but themselves looks like where these checks are left out."""
    looks = collections.defaultdict(list)
    for server in fingerprints()["servers"]:
        failures = {id: how for id, how in server["failures"].items() if id not in left_out}
        blocked = [id for id in server["blocked"] if id not in left_out]
        if len(failures) == len(server["failures"]):
            looks[json.dumps([failures, blocked], sort_keys=True)].append(server)
    return {alike[0]["name"]: alike[0]["mistake"] for alike in looks.values() if len(alike) == 1}


def as_text(table):
    return json.dumps(table, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    text = page(*load())
    if sys.argv[1:] == ["--print"]:
        print(text, end="")
    else:
        for path, content in ((PAGE, text), (FINGERPRINTS, as_text(fingerprints()))):
            with open(path, "w", encoding="utf-8") as file:
                file.write(content)
