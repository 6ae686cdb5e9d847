#!/usr/bin/python3
"""Writes docs/faults.md: which mistake of a server is caught by which check, as servers.json pins it.

    conformance/tests/fault_table.py            writes it anew
    conformance/tests/fault_table.py --print    prints it
"""
import collections
import json
import os
import subprocess
import sys

import yaml

ROOT = os.path.join(os.path.dirname(os.path.realpath(__file__)), "../..")
PAGE = f"{ROOT}/docs/faults.md"
MARKS = {"fail": "●", "blocked": "·"}


def load():
    """(checks of the suite, {fault: its entry in the table}, {fault: its sentence})"""
    with open(f"{ROOT}/conformance/suites/lab08.yaml", encoding="utf-8") as file:
        checks = yaml.safe_load(file)["checks"]
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


if __name__ == "__main__":
    text = page(*load())
    if sys.argv[1:] == ["--print"]:
        print(text, end="")
    else:
        with open(PAGE, "w", encoding="utf-8") as file:
            file.write(text)
