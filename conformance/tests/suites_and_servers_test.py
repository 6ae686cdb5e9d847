#!/usr/bin/python3
"""The suite file against its schema, and the table of servers against the suite: every fault is in the table, every
check is failed alone by one of them."""
import json
import subprocess
import sys
import unittest

import jsonschema
import yaml

program = sys.argv.pop(1)
suites = "conformance/suites"
suite = yaml.safe_load(open(f"{suites}/lab08.yaml", encoding="utf-8"))
schema = json.load(open(f"{suites}/suite.schema.json", encoding="utf-8"))
servers = json.load(open("conformance/tests/servers.json", encoding="utf-8"))


def listed(peer):
    lines = subprocess.run([f"ci/peers/{peer}/server.py", "--list"], capture_output=True, text=True, check=True)
    return {line.split("\t")[0] for line in lines.stdout.splitlines()}


class SuitesAndServers(unittest.TestCase):
    def test_the_suite_keeps_its_schema(self):
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.validate(suite, schema)

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
        alone = {entry["fail"][0] for name, entry in servers.items()
                 if name.startswith("faulty.") and len(entry["fail"]) == 1}
        self.assertEqual(alone, {check["id"] for check in suite["checks"]})

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
