#!/usr/bin/python3
"""What is asked before a run, and what is written after it."""
import json
import pathlib
import resource
import subprocess
import tempfile
import unittest

import jsonschema

from running import Run, base, fake, or_invalid, program, schema


class Gate(unittest.TestCase):
    def test_a_server_that_only_echoes_is_not_benchmarked(self):
        done = subprocess.run([program, *base, "--patience", "500ms", "--launch", "ci/peers/echo/app.py"],
                              capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 4)
        self.assertIn("not worth a benchmark yet", done.stderr)

    def test_copies_are_seen(self):
        run = Run("--patience", "2s", server="--copy 1", gate=True, expect=(4,))
        self.assertIn("came twice", run.errors)

    def test_a_right_server_passes(self):
        run = Run("--duration", "500ms", "--rate", "20", gate=True, expect=or_invalid(0))
        self.assertEqual(run.integrity["broadcasts"], 10)


class Reports(unittest.TestCase):
    def test_slos_decide_the_exit_code(self):
        run = Run("--duration", "500ms", "--clients", "3", "--senders", "1", "--slo", "completion.p50<1us",
                  "--slo", "lost<1", expect=or_invalid(1))
        self.assertEqual([slo["kept"] for slo in run.report["slos"]], [False, True])

    def test_merged_reports_add_up(self):
        with tempfile.TemporaryDirectory() as folder:
            server = subprocess.Popen([fake, "--port", "0"], stdout=subprocess.PIPE, text=True)
            try:
                url = server.stdout.readline().split()[-1]
                both = [subprocess.Popen([program, *base, "--no-gate", url, "--clients", "4", "--senders", "2", "--rate",
                                          "50", "--duration", "2s", "--out", f"{folder}/{name}"],
                                         stdout=subprocess.DEVNULL) for name in "ab"]
                for one in both:
                    self.assertIn(one.wait(60), or_invalid(0))
            finally:
                server.terminate()
                server.wait()
            parts = [json.loads(pathlib.Path(folder, f"{name}.json").read_text()) for name in "ab"]
            done = subprocess.run([program, "merge", f"{folder}/a.json", f"{folder}/b.json", "--format", "json"],
                                  capture_output=True, text=True)
            self.assertIn(done.returncode, or_invalid(0))
            merged = json.loads(done.stdout)
        jsonschema.validate(merged, schema)
        for part in parts:
            self.assertGreater(part["integrity"]["strangers"], 0)  # the other's chats
        for name in ("deliveries", "broadcasts", "expected_deliveries"):
            self.assertEqual(merged["integrity"][name], sum(part["integrity"][name] for part in parts))
        counts = {}
        for part in parts:
            for value, count in part["times"]["completion"]["counts"]:
                counts[value] = counts.get(value, 0) + count
        self.assertEqual({value: count for value, count in merged["times"]["completion"]["counts"]}, counts)
        self.assertEqual(sum(second["deliveries"] for second in merged["seconds"]), merged["integrity"]["deliveries"])

    def test_files_that_cannot_be_merged_are_named(self):
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            file.write("{}")
            file.flush()
            done = subprocess.run([program, "merge", file.name, "/nowhere.json"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("no report of chatlab-loadgen", done.stderr)


class Guards(unittest.TestCase):
    def complaint(self, *arguments, **popen):
        done = subprocess.run([program, "--quiet", *arguments], capture_output=True, text=True, timeout=30, **popen)
        self.assertEqual(done.returncode, 2, done.stderr)
        return done.stderr

    def test_other_peoples_servers(self):
        # 192.0.2.1 is nobody's (RFC 5737); nothing is sent there.
        self.assertIn("--i-may-load-this-server", self.complaint("ws://192.0.2.1:8081"))
        self.assertIn("--really", self.complaint("ws://192.0.2.1:8081", "--i-may-load-this-server", "--clients", "500"))

    def test_loads_that_are_slips_of_the_pen(self):
        self.assertIn("more than any one machine does", self.complaint("--clients", "1000", "--rate", "100000"))
        self.assertIn("fit into one run", self.complaint("--clients", "1", "--rate", "100000", "--duration", "1h"))

    def test_more_clients_than_open_files(self):
        low = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))
        self.assertIn("raise the limit (ulimit -Hn)", self.complaint("--clients", "100", preexec_fn=low))


if __name__ == "__main__":
    unittest.main()
