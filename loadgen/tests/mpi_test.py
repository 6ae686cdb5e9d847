#!/usr/bin/python3
"""Several ranks under mpirun: what each saw, added up, is what one process would have seen, and what `merge` makes of it."""
import glob
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import unittest

import jsonschema

from running import fake, or_invalid, program

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


class Interrupted:
    """Ranks of which something befalls one while they measure: their reports, and what mpirun said in the end."""

    def __init__(self, befall, *words, ranks=3):
        # Busy as a test's machine may be: mpirun's one second between SIGTERM and SIGKILL is not what is tested.
        command = [*MPIRUN, "--mca", "odls_base_sigkill_timeout", "3", "-n", str(ranks), program]
        load = ["--clients", str(CLIENTS), "--senders", str(SENDERS), "--rate", str(RATE), *BRIEF]
        with tempfile.TemporaryDirectory() as folder, subprocess.Popen(
                [fake, "--port", "0", "--tell-after", "30"], stdout=subprocess.PIPE, text=True) as server:
            url = server.stdout.readline().split()[-1]
            self.mpirun = subprocess.Popen([*command, url, *load, *words, "--out", f"{folder}/all.json"],
                                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            server.stdout.readline()
            befall(self)
            self.output, self.errors = self.mpirun.communicate(timeout=120)
            server.terminate()
            self.status = self.mpirun.returncode
            paths = sorted(glob.glob(f"{folder}/all*.json"))
            self.reports = {os.path.basename(path): json.loads(pathlib.Path(path).read_text()) for path in paths}
            merged = subprocess.run([program, "merge", *(path for path in paths if "rank" in path), "--format", "json"],
                                    capture_output=True, text=True)
            self.merged = json.loads(merged.stdout) if merged.stdout else merged.stderr

    def signal(self, rank, number):
        for process in os.listdir("/proc"):
            try:
                if process.isdigit() and pathlib.Path("/proc", process, "stat").read_text().split()[3] == str(self.mpirun.pid):
                    environment = pathlib.Path("/proc", process, "environ").read_bytes().split(b"\0")
                    if f"OMPI_COMM_WORLD_RANK={rank}".encode() in environment:
                        os.kill(int(process), number)
                        return
            except FileNotFoundError:
                pass  # it has ended meanwhile
        raise AssertionError(f"no rank {rank}")


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

    def test_what_the_others_measured_is_kept_when_a_rank_dies(self):
        for dead, left in ((2, (0, 1)), (0, (1, 2))):
            run = Interrupted(lambda run: run.signal(dead, signal.SIGKILL), "--duration", "60s")
            self.assertEqual(run.status, 128 + signal.SIGKILL, run.errors)
            self.assertEqual(list(run.reports), [f"all.rank-{rank}.json" for rank in left], run.errors)
            self.assertEqual(run.errors.count("another one died"), 1 if 0 in left else 0)  # the first one speaks
            self.assertIn(f"process rank {dead}", run.errors)
            self.assertEqual(run.merged["settings"]["clients"], 14)
            self.check_merged(run)

    def test_what_the_others_measured_is_kept_when_a_rank_hangs(self):
        run = Interrupted(lambda run: run.signal(2, signal.SIGSTOP), "--duration", "3s", "--drain", "1s")
        self.assertEqual(run.status, 3, run.errors)
        self.assertRegex(run.errors, r"waited \d+ s for another, in vain")
        # mpirun wakes whom it ends: the third may tell its part, too.
        self.assertLessEqual({"all.rank-0.json", "all.rank-1.json"}, set(run.reports))
        self.check_merged(run)

    def check_merged(self, run):
        self.assertEqual(run.merged["verdict"]["trust"], "INVALID")
        integrity = run.merged["integrity"]
        self.assertGreater(integrity["complete"], 0)
        self.assertGreaterEqual(integrity["deliveries"], integrity["complete"] * 7)

    def test_an_interrupted_run_is_reported_until_then(self):
        run = Interrupted(lambda run: run.mpirun.send_signal(signal.SIGINT), "--duration", "60s")
        report = run.reports["all.json"]
        self.assertTrue(report["interrupted"])
        self.assertEqual(report["verdict"]["trust"], run.merged["verdict"]["trust"])
        # What was not sent any more is not lost; what was under way may be.
        self.assertLess(report["integrity"]["lost"], RATE * CLIENTS)
        self.assertGreater(report["integrity"]["broadcasts"], 0)
        self.assertLess(report["measured_s"], 60)

    def test_recipients_of_all_ranks_are_held_against_one_order(self):
        # Each rank has one recipient: it agrees with itself.
        with tempfile.TemporaryDirectory() as folder:
            load = ["--clients", "2", "--senders", "2", "--rate", "100", *BRIEF, "--format", "json", "--out", f"{folder}/all.json"]
            done = start((2, ["--launch", f"exec {fake} --overtake 10", *load]))
            report = json.loads(pathlib.Path(f"{folder}/all.json").read_text())
        self.assertIn(done.returncode, or_invalid(4), done.stderr)
        self.assertEqual(report["integrity"]["fifo_breaks"], 0)
        self.assertGreater(report["integrity"]["order_breaks"], 0)

    def test_on_one_host_there_is_one_clock(self):
        report, ranks, merged = measure("--cross-host", "--launch", f"exec {fake}")
        self.assertEqual(report["clock_error_us"], 0)
        self.assertEqual(report["times"]["delivery"]["under_range"], 0)
        self.assertFalse(report["host_local"])
        self.assertEqual(report["times"], merged["times"])

    def test_ranks_with_other_settings_are_refused(self):
        done = start((1, ["--clients", "20", *BRIEF]), (1, ["--clients", "21", *BRIEF]))
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertIn("rank 1 was started with other settings than rank 0", done.stderr)

    def test_tasks_of_slurm_that_cannot_meet_do_not_load_the_server_each(self):
        for name in ("SLURM_STEP_NUM_TASKS", "PMI_SIZE"):
            task = {word: value for word, value in os.environ.items() if not word.startswith(("PMI", "OMPI", "SLURM"))} | {name: "2"}
            done = subprocess.run([program, *BRIEF], capture_output=True, text=True, env=task)
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn("srun --mpi=pmix", done.stderr)

    def test_a_server_that_is_not_there_is_told_once(self):
        done = start((3, ["ws://127.0.0.1:1", *BRIEF]))
        self.assertEqual(done.returncode, 5, done.stderr)
        self.assertEqual(done.stdout.count("It cannot be measured"), 1)
        self.assertIn("nothing listens", done.stdout)

    def test_what_ranks_cannot_do_is_said(self):
        for words, what in ((["--closed", "2"], "--closed needs one process"), (["--senders", "1"], "2 ranks need as many --senders"),
                            (["--cross-host", "--closed", "2"], "--closed needs one process"), (["compare", "a={reference}", "b={reference}"], "under mpirun it measures one server")):
            done = start((2, [*words, *BRIEF]))
            self.assertEqual(done.returncode, 2, done.stderr)
            self.assertIn(what, done.stderr)


if __name__ == "__main__":
    unittest.main(argv=["mpi"])
