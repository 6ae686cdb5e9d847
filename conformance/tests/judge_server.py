#!/usr/bin/python3
"""Runs chatlab-conformance against one server of servers.json and compares the verdicts with those written there.

An entry's fields: "right", for what ci/soak judges too; "launch", the command; "suite", where it is not lab08;
"speaks", the suite of another edition that is to be recognised; "diagnosis", how the diagnosis of a check begins, by
id; "symptom", that of each check that fails, for the faulty ones; "exit", the exit code (0); "fail", "blocked", "inconclusive" and
"skipped", ids of checks that end so, where all others pass; "unreachable", words of the reason where no check can be run;
"timeout", where the default is not wanted; "with_heavy_checks", for the faults that those catch.
"""
import json
import subprocess
import sys

import fault_table

program, table, name = sys.argv[1:]
entry = json.load(open(table, encoding="utf-8"))[name]
# What a server that passes sends comes in the end, however few cores there are; what another one does not is not waited for.
passes = not entry.get("fail") and not entry.get("exit")
patience = "20s" if passes or entry.get("right") else "3s"
command = [program, "--format", "json", "--timeout", entry.get("timeout", patience)]
if "launch" in entry:
    command += ["--launch", entry["launch"]]
if "suite" in entry:
    command += ["--suite", entry["suite"]]
is_light = name.startswith(("faulty.", "hostile.")) and not entry.get("with_heavy_checks")
left_out = fault_table.HEAVY if is_light else []
for id in left_out:
    command += ["--exclude", id]
ended = subprocess.run(command, capture_output=True, text=True, timeout=120)
try:
    report = json.loads(ended.stdout)
except ValueError:
    sys.exit(f"{name}: no JSON report, exit code {ended.returncode}\n{ended.stdout}\n{ended.stderr}")

mistakes = []
if ended.stderr:
    mistakes.append(f"standard error is not empty: {ended.stderr}")
if ended.returncode != entry.get("exit", 0) or report["exit_code"] != ended.returncode:
    mistakes.append(f"exit code {ended.returncode}, not {entry.get('exit', 0)}")
if entry.get("unreachable", "") not in (report["unreachable"] or ""):
    mistakes.append(f"unreachable: {report['unreachable']}")
if report["speaks"] != entry.get("speaks"):
    mistakes.append(f"speaks {report['speaks']}, not {entry.get('speaks')}")
if name.startswith("faulty."):
    fault = name.removeprefix("faulty.")
    alone = fault_table.told_alone(left_out)
    if report["behaves_like"] != alone.get(fault):
        mistakes.append(f"behaves like {report['behaves_like']}, not {alone.get(fault)}")
    for check in report["checks"]:
        if check["symptom"] != entry["symptom"].get(check["id"]):
            mistakes.append(f"{check['id']}: the symptom is {check['symptom']}")
        if check["diagnosis"] and check["id"] not in entry.get("diagnosis", {}):
            mistakes.append(f"{check['id']}: diagnosed as {check['diagnosis']}, of which the table does not know")
elif report["behaves_like"]:
    mistakes.append(f"behaves like {report['behaves_like']}")
if "unreachable" not in entry:
    if report["unreachable"]:
        mistakes.append(f"unreachable: {report['unreachable']}")
    wanted = {id: status for status in ("fail", "blocked", "inconclusive", "skipped") for id in entry.get(status, [])}
    for check in report["checks"]:
        if check["id"] in left_out:
            continue
        status = wanted.pop(check["id"], "pass")
        if check["status"] != status:
            mistakes.append(f"{check['id']}: {check['status']}, not {status}: {check['message']}")
    mistakes += [f"no check {id}" for id in wanted]
    diagnoses = {check["id"]: check["diagnosis"] for check in report["checks"]}
    mistakes += [f"{id}: diagnosed as {diagnoses[id]}" for id, words in entry.get("diagnosis", {}).items()
                 if not (diagnoses[id] or "").startswith(words)]
if mistakes:
    sys.exit(f"{name}:\n  " + "\n  ".join(mistakes))
print(f"{name}: as written")
