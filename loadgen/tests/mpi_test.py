#!/usr/bin/python3
"""Several ranks under mpirun: what each saw, added up, is what one process would have seen, and what `merge` makes of it."""
import glob
import json
import os
import pathlib
import subprocess
import tempfile
import unittest

import jsonschema

from running import fake, program

# isolated: on this host, where there may be no ssh.
MPIRUN = ["mpirun", "--mca", "plm", "isolated", "--oversubscribe", "--bind-to", "none"] + (["--allow-run-as-root"] if os.geteuid() == 0 else [])
BRIEF = ["--quiet", "--no-headroom", "--warmup", "200ms", "--duration", "1s", "--drain", "5s", "--login-rate", "1000"]
CLIENTS, SENDERS, RATE = 21, 6, 60


def start(*parts):
    command = MPIRUN.copy()
    for number, (ranks, words) in enumerate(parts):
        command += ([":"] if number else []) + ["-n", str(ranks), program, *words]
    return subprocess.run(command, capture_output=True, text=True, timeout=120)


def measure(*words, ranks=3):
    """The merged report, and those of the ranks."""
    with tempfile.TemporaryDirectory() as folder:
        load = ["--clients", str(CLIENTS), "--senders", str(SENDERS), "--rate", str(RATE)]
        done = start((ranks, [*words, *load, *BRIEF, "--format", "json", "--out", f"{folder}/all.json"]))
        paths = sorted(glob.glob(f"{folder}/all.rank-*.json"))
        if not paths:
            raise AssertionError(f"exit {done.returncode}: {done.stdout}\n{done.stderr}")
        again = subprocess.run([program, "merge", *paths, "--format", "json"], capture_output=True, text=True)
        return (json.loads(pathlib.Path(f"{folder}/all.json").read_text()),
                [json.loads(pathlib.Path(path).read_text()) for path in paths], json.loads(again.stdout))


class Ranks(unittest.TestCase):
    def test_add_up_to_what_one_process_would_have_seen(self):
        report, ranks, merged = measure("--launch", f"exec {fake}")
        jsonschema.validate(report, json.loads(pathlib.Path("loadgen/report/report.schema.json").read_text()))
        integrity = report["integrity"]
        self.assertEqual(integrity["broadcasts"], RATE)
        self.assertEqual(integrity["written"], RATE)
        self.assertEqual(integrity["complete"], RATE)
        self.assertEqual(integrity["deliveries"], RATE * CLIENTS)
        self.assertEqual(integrity["expected_deliveries"], RATE * CLIENTS)
        self.assertEqual((integrity["strangers"], integrity["duplicates"], integrity["fifo_breaks"]), (0, 0, 0))
        self.assertEqual(report["times"]["completion"]["count"], RATE)
        self.assertEqual(report["times"]["delivery"]["count"], RATE * CLIENTS)
        self.assertEqual((report["settings"]["clients"], report["settings"]["senders"]), (CLIENTS, SENDERS))
        self.assertAlmostEqual(report["settings"]["rate_per_s"], RATE)
        self.assertEqual([part["clients"] for part in report["parts"]], [7, 7, 7])
        self.assertEqual([part["deliveries"] for part in report["parts"]], [RATE * 7] * 3)
        # A broadcast is complete when the last has it, whoever that is.
        self.assertGreaterEqual(report["times"]["completion"]["max_us"], max(one["times"]["delivery"]["max_us"] for one in ranks))
        for part in ("times", "integrity", "seconds"):
            self.assertEqual(report[part], merged[part], part)

    def test_losses_count_between_all_pairs(self):
        report, ranks, merged = measure("--no-gate", "--launch", f"exec {fake} --lose 10")
        lost = report["integrity"]["lost"]
        self.assertGreater(lost, 0)
        self.assertEqual(lost, sum(one["integrity"]["lost"] for one in ranks))
        self.assertEqual(report["times"]["delivery"]["over_range"], lost)
        self.assertEqual(report["times"]["completion"]["over_range"], RATE - report["integrity"]["complete"])
        self.assertEqual(report["integrity"], merged["integrity"])

    def test_ranks_with_other_settings_are_refused(self):
        done = start((1, ["--clients", "20", *BRIEF]), (1, ["--clients", "21", *BRIEF]))
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("rank 1 was started with other settings than rank 0", done.stderr)

    def test_a_server_that_is_not_there_is_told_once(self):
        done = start((3, ["ws://127.0.0.1:1", *BRIEF]))
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assertEqual(done.stdout.count("It cannot be measured"), 1)
        self.assertIn("nothing listens", done.stdout)

    def test_what_ranks_cannot_do_is_said(self):
        for words, what in ((["--closed", "2"], "--closed needs one process"), (["--senders", "1"], "2 ranks need as many --senders"),
                            (["compare", "a={reference}", "b={reference}"], "under mpirun it measures one server")):
            done = start((2, [*words, *BRIEF]))
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(what, done.stderr)


if __name__ == "__main__":
    unittest.main(argv=["mpi"])
