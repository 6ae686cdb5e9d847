#!/usr/bin/python3
"""The suite file against its schema, and the table of servers against the suite: every fault is in the table, every
check is failed alone by one of them, and right servers are not failed at all."""
import json
import subprocess
import sys
import unittest

import fault_table
import jsonschema
import yaml

program = sys.argv.pop(1)
suites = "conformance/suites"
suite = yaml.safe_load(open(f"{suites}/lab08.yaml", encoding="utf-8"))
schema = json.load(open(f"{suites}/suite.schema.json", encoding="utf-8"))
servers = json.load(open("conformance/tests/servers.json", encoding="utf-8"))

# Faults of which the program does not say that a server behaves like them.
LOOK_LIKE_ANOTHER = ["disconnect-keeps-leaver", "disconnect-never-forgets"]
DO_NO_HARM = ["chat-needs-login", "slow-reader-waited-for", "unrecognized-answered", "vanished-unannounced"]


def listed(peer):
    lines = subprocess.run([f"ci/peers/{peer}/server.py", "--list"], capture_output=True, text=True, check=True)
    return {line.split("\t")[0] for line in lines.stdout.splitlines()}


class SuitesAndServers(unittest.TestCase):
    def test_the_suite_keeps_its_schema(self):
        jsonschema.Draft202012Validator.check_schema(schema)
        for name in ("lab08", "lab07-2021", "tutorial12"):
            with self.subTest(name):
                jsonschema.validate(yaml.safe_load(open(f"{suites}/{name}.yaml", encoding="utf-8")), schema)

    def test_the_schema_refuses_what_the_program_refuses(self):
        for change in ({"level": "maybe"}, {"clients": {"alice": "asleep"}}, {"script": []},
                       {"script": ["alice dances"]}, {"script": [{"alice sings": {}}]}, {"bogus": 1}):
            broken = {**suite, "checks": [{**suite["checks"][0], **change}]}
            with self.subTest(change), self.assertRaises(jsonschema.ValidationError):
                jsonschema.validate(broken, schema)

    def test_every_faulty_and_hostile_server_is_in_the_table(self):
        for peer, prefix in (("faulty", "faulty."), ("hostile", "hostile.")):
            in_table = {name[len(prefix):] for name in servers if name.startswith(prefix)}
            self.assertEqual(in_table, listed(peer))

    def test_every_check_is_failed_alone_by_a_faulty_server(self):
        checks, faults, _ = fault_table.load()
        self.assertGreaterEqual(len(faults), 40)
        self.assertEqual(set(fault_table.killers(faults)), {check["id"] for check in checks})

    def test_what_else_such_a_server_keeps_from_passing_depends_on_that_check(self):
        checks, faults, _ = fault_table.load()
        dependents = fault_table.dependents(checks)
        for check, names in fault_table.killers(faults).items():
            for name in names:
                with self.subTest(name):
                    self.assertLessEqual(set(faults[name].get("blocked", [])), dependents[check])

    def test_a_check_without_a_fault_of_its_own_would_be_seen(self):
        checks, faults, _ = fault_table.load()
        for check in checks:
            others = {name: entry for name, entry in faults.items() if entry["fail"] != [check["id"]]}
            with self.subTest(check["id"]):
                self.assertEqual({check["id"] for check in checks} - set(fault_table.killers(others)), {check["id"]})

    def test_the_page_of_faults_is_current(self):
        with open("docs/faults.md", encoding="utf-8") as page:
            self.assertEqual(page.read(), fault_table.page(*fault_table.load()),
                             "write it anew with conformance/tests/fault_table.py")

    def test_the_fingerprints_are_current(self):
        with open("conformance/fingerprints.json", encoding="utf-8") as file:
            self.assertEqual(file.read(), fault_table.as_text(fault_table.fingerprints()),
                             "write them anew with conformance/tests/fault_table.py")

    def test_just_these_faults_look_like_another_or_do_no_harm(self):
        _, faults, _ = fault_table.load()
        self.assertEqual(sorted(set(faults) - set(fault_table.told_alone())), sorted(LOOK_LIKE_ANOTHER + DO_NO_HARM))

    def test_a_right_server_fails_no_check_that_counts(self):
        right = {name: entry for name, entry in servers.items() if entry.get("right")}
        infos = {check["id"] for check in suite["checks"] if check["level"] == "info"}
        self.assertGreaterEqual(len(right), 7)
        for name, entry in right.items():
            with self.subTest(name):
                self.assertLessEqual(set(entry.get("fail", [])), infos)
                self.assertEqual(set(entry) - {"right", "launch", "fail", "skipped"}, set())
                self.assertLessEqual(set(entry.get("skipped", [])), {"unrecognized.logged"})

    def test_the_program_lists_the_checks_of_the_file(self):
        lines = subprocess.run([program, "--list"], capture_output=True, text=True, check=True).stdout.splitlines()
        self.assertEqual([line.split()[0] for line in lines], [check["id"] for check in suite["checks"]])

    def test_areas_are_worth_five_points_together(self):
        points = {}
        for check in suite["checks"]:
            area = check["id"].split(".")[0]
            points[area] = points.get(area, 0) + check.get("points", 0)
        self.assertEqual({area for area, sum in points.items() if sum}, {"login", "disconnect", "chat", "unrecognized"})
        self.assertEqual(sum(points.values()), 5)


if __name__ == "__main__":
    unittest.main()
