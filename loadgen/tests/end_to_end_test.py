#!/usr/bin/python3
"""chatlab-loadgen against servers that do what they are told: what it reports is what they did."""
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import unittest

import jsonschema

program = sys.argv.pop(1)
fake = "ci/peers/fake/server.py"
schema = json.loads(pathlib.Path("loadgen/report/report.schema.json").read_text())
base = ["--quiet", "--no-headroom", "--warmup", "0s", "--login-rate", "1000"]


class Run:
    """One run of the program, its report and what the fake server has written down."""

    def __init__(self, *arguments, server="", expect=(0,), gate=False, **popen):
        with tempfile.TemporaryDirectory() as folder:
            record = pathlib.Path(folder, "record.json")
            command = [program, *base, "--format", "json", *arguments]
            if not gate:
                command.append("--no-gate")
            if server is not None:
                command += ["--launch", f"exec {fake} --record {record} {server}"]
            done = subprocess.run(command, capture_output=True, text=True, timeout=120, **popen)
            self.status, self.errors = done.returncode, done.stderr
            self.done = json.loads(record.read_text()) if record.exists() else None
        if done.returncode not in expect:
            raise AssertionError(f"exit {done.returncode}, not {expect}: {done.stdout[:3000]}\n{done.stderr}")
        self.report = json.loads(done.stdout) if done.stdout else None
        if self.report:
            jsonschema.validate(self.report, schema)
            self.integrity = self.report["integrity"]
            self.times = self.report["times"]

    def percentile(self, times, percent):
        return self.times[times]["percentiles_us"][percent]


# Where the exit code depends on how busy this machine is: the generator may call itself INVALID (3).
def or_invalid(code):
    return (code, 3)


class InjectedFaults(unittest.TestCase):
    load = ["--clients", "5", "--senders", "2", "--rate", "200", "--duration", "1s"]

    def test_a_right_server(self):
        run = Run(*self.load, expect=or_invalid(0))
        self.assertEqual(run.integrity["broadcasts"], 200)
        self.assertEqual(run.integrity["deliveries"], run.done["deliveries"])
        self.assertEqual(run.integrity["deliveries"], 1000)
        self.assertEqual(run.integrity["reach"], 1)
        self.assertEqual(run.integrity["order_agreement"], 1)
        for fault in ("lost", "duplicates", "fifo_breaks", "order_breaks", "corrupted", "strangers"):
            self.assertEqual(run.integrity[fault], 0, fault)

    def test_losses(self):
        run = Run(*self.load, "--drain", "300ms", server="--lose 10", expect=or_invalid(4))
        self.assertEqual(run.done["lost"], 20)
        self.assertEqual(run.integrity["lost"], 20)
        self.assertEqual(run.integrity["complete"], 180)
        self.assertAlmostEqual(run.integrity["reach"], 980 / 1000)
        self.assertEqual(run.times["completion"]["over_range"], 20)
        self.assertIsNotNone(run.percentile("completion", "90"))
        self.assertIsNone(run.percentile("completion", "95"))  # a lost one is never there

    def test_copies(self):
        run = Run(*self.load, server="--copy 10", expect=or_invalid(4))
        self.assertEqual(run.integrity["duplicates"], run.done["copies"])
        self.assertEqual(run.integrity["duplicates"], 20)
        self.assertEqual(run.integrity["lost"], 0)

    def test_exchanged_messages(self):
        run = Run(*self.load, server="--swap 10", expect=or_invalid(4), *())
        self.assertGreater(run.done["swaps"], 0)
        self.assertEqual(run.integrity["fifo_breaks"], run.done["swaps"])
        self.assertEqual(run.integrity["duplicates"], 0)
        self.assertLess(run.integrity["order_agreement"], 1)

    def test_changed_messages(self):
        run = Run(*self.load, "--drain", "300ms", server="--change 10", expect=or_invalid(4))
        self.assertEqual(run.integrity["corrupted"], run.done["changed"])
        self.assertEqual(run.integrity["lost"], 20)

    def test_a_delay_is_in_every_time_and_in_no_spread(self):
        run = Run(*self.load, server="--delay 0.1", expect=or_invalid(0))
        for times in ("completion", "delivery", "first", "raw"):
            self.assertGreaterEqual(run.times[times]["min_us"], 99_900, times)  # 3 digits
        self.assertLess(run.times["spread"]["percentiles_us"]["50"], 100_000)

    def test_one_late_recipient_is_the_completion(self):
        run = Run(*self.load, server="--late 0.1", expect=or_invalid(0))
        self.assertGreaterEqual(run.times["completion"]["min_us"], 99_900)
        self.assertLess(run.percentile("first", "50"), 100_000)
        counts = run.times["delivery"]["counts"]
        self.assertGreaterEqual(sum(count for value, count in counts if value >= 99_900), 200)
        self.assertGreater(run.percentile("spread", "50"), 50_000)

    def test_every_hand_is_read(self):
        for hand in ("spaced", "sorted", "escaped", "rebuilt"):
            with self.subTest(hand):
                run = Run(*self.load, server=f"--hand {hand}", expect=or_invalid(0))
                self.assertEqual(run.integrity["deliveries"], 1000)
                self.assertEqual(run.integrity["corrupted"], 0)

    def test_fragments_with_pings_between_them(self):
        run = Run(*self.load, server="--frames fragments", expect=or_invalid(0))
        self.assertEqual(run.integrity["deliveries"], 1000)


class Stalls(unittest.TestCase):
    def test_a_stall_shows_in_the_open_loop(self):
        run = Run("--clients", "3", "--senders", "1", "--rate", "100", "--duration", "3s",
                  server="--stall-after 100 --stall 1", expect=or_invalid(0))
        # 100 of 300 were due while it stood still, 10 ms apart; the 3 slowest waited at least 0.97 s.
        self.assertGreaterEqual(run.percentile("completion", "99"), 960_000)
        self.assertGreaterEqual(run.percentile("completion", "75"), 200_000)

    def test_the_closed_loop_hides_it(self):
        run = Run("--clients", "3", "--senders", "1", "--closed", "1", "--duration", "3s",
                  server="--stall-after 100 --stall 1", expect=or_invalid(0))
        self.assertGreater(run.integrity["broadcasts"], 200)
        self.assertGreaterEqual(run.times["completion"]["max_us"], 999_000)
        self.assertLess(run.percentile("completion", "99"), 500_000)  # one of hundreds

    def test_writes_that_a_stalled_server_holds_up_hide_it_in_the_raw_figure(self):
        # 20 MB/s into a server that reads nothing: the socket is full long before the second is over.
        run = Run("--clients", "1", "--senders", "1", "--rate", "50", "--payload", "400000", "--duration", "3s",
                  server="--stall-after 50 --stall 1 --receive-buffer 8192", expect=or_invalid(0))
        self.assertGreaterEqual(run.times["send_lag"]["max_us"], 200_000)
        self.assertGreaterEqual(run.percentile("completion", "99"), 900_000)
        raw = sum(value * count for value, count in run.times["raw"]["counts"])
        corrected = sum(value * count for value, count in run.times["delivery"]["counts"])
        self.assertLess(raw, corrected - 2_000_000)


class Endings(unittest.TestCase):
    load = ["--clients", "4", "--senders", "2", "--rate", "100", "--duration", "10s", "--drain", "1s"]

    def test_a_server_that_is_killed(self):
        run = Run(*self.load, server="--stop-after 50 --stop exit", expect=(5,))
        self.assertTrue(run.report["died"])
        self.assertGreaterEqual(run.integrity["deliveries"], 4 * 40)
        self.assertLess(run.report["measured_s"], 9)

    def test_a_server_that_closes_everything(self):
        run = Run(*self.load, server="--stop-after 50 --stop close", expect=(5,))
        self.assertTrue(run.report["died"])
        self.assertIn("1001", run.report["first_end"])

    def test_a_server_that_hangs(self):
        run = Run(*self.load[:-4], "--duration", "1s", "--drain", "500ms", server="--stop-after 50 --stop hang",
                  expect=or_invalid(4))
        self.assertFalse(run.report["died"])
        self.assertEqual(run.integrity["deliveries"], 4 * 49)
        self.assertEqual(run.integrity["lost"], 4 * 51)

    def test_ctrl_c_reports_what_was_measured(self):
        command = [program, *base[1:], "--no-gate", "--format", "json", "--rate", "100", "--clients", "5", "--duration", "60s"]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for line in process.stderr:  # the first word of measuring is the barrier
            if line.startswith("measuring:"):
                break
        process.send_signal(signal.SIGINT)
        report = json.loads(process.communicate(timeout=30)[0])
        jsonschema.validate(report, schema)
        self.assertTrue(report["interrupted"])
        self.assertLess(report["measured_s"], 50)
        self.assertEqual(report["integrity"]["lost"], 0)
        self.assertIn(process.returncode, or_invalid(0))

    def test_nobody_listens(self):
        with socket.socket() as reserved:
            reserved.bind(("127.0.0.1", 0))
            run = Run(f"ws://127.0.0.1:{reserved.getsockname()[1]}", server=None, expect=(5,))
        self.assertIn("nothing listens", run.report["unreachable"])


class Starved(unittest.TestCase):
    def test_tiny_socket_buffers(self):
        run = Run("--clients", "10", "--rate", "50", "--duration", "500ms", "--receive-buffer", "1", expect=(3,))
        self.assertTrue(any("--receive-buffer" in reason for reason in run.report["verdict"]["reasons"]))

    def test_others_burn_its_core(self):
        core = {min(os.sched_getaffinity(0))}
        pin = lambda: (os.sched_setaffinity(0, core), os.nice(5))
        burners = [subprocess.Popen([sys.executable, "-c", "while True: pass"],
                                    preexec_fn=lambda: os.sched_setaffinity(0, core)) for _ in range(4)]
        try:
            run = Run("--clients", "50", "--rate", "200", "--duration", "3s", server=None, expect=(3,), preexec_fn=pin)
        finally:
            for burner in burners:
                burner.kill()
                burner.wait()
        self.assertEqual(run.report["verdict"]["trust"], "INVALID")
        self.assertTrue(run.report["verdict"]["reasons"])


class Guests(unittest.TestCase):
    def test_churn_loses_nothing(self):
        run = Run("--clients", "20", "--senders", "2", "--rate", "100", "--duration", "2s", "--churn", "20", server=None,
                  expect=or_invalid(0))
        self.assertGreater(run.integrity["churned"], 10)
        self.assertEqual(run.integrity["lost"], 0)
        self.assertEqual(run.integrity["duplicates"], 0)
        self.assertLess(run.integrity["expected_deliveries"], 200 * 20)

    def test_slow_clients_are_reported_apart(self):
        run = Run("--clients", "10", "--slow", "3", "--senders", "2", "--rate", "100", "--duration", "1s", server=None,
                  expect=or_invalid(0))
        self.assertEqual(run.integrity["deliveries"], 700)
        self.assertEqual(run.integrity["slow_deliveries"], 0)
        run = Run("--clients", "10", "--slow", "3", "--slow-rate", "100000", "--senders", "2", "--rate", "100",
                  "--duration", "1s", server=None, expect=or_invalid(0))
        self.assertGreater(run.integrity["slow_deliveries"], 0)

    def test_threads_share_the_clients(self):
        run = Run("--clients", "9", "--senders", "3", "--rate", "100", "--duration", "1s", "--threads", "2", server=None,
                  expect=or_invalid(0))
        self.assertEqual(run.integrity["deliveries"], 900)
        run = Run("--clients", "9", "--senders", "3", "--closed", "2", "--duration", "1s", "--threads", "2", server=None,
                  expect=or_invalid(0))
        self.assertGreater(run.integrity["broadcasts"], 20)
        self.assertEqual(run.integrity["lost"], 0)


class Tls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.certificate = f"{cls.folder.name}/both.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                        "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
                        "-keyout", f"{cls.folder.name}/key.pem", "-out", f"{cls.folder.name}/cert.pem"],
                       check=True, capture_output=True)
        pathlib.Path(cls.certificate).write_text("".join(pathlib.Path(cls.folder.name, name).read_text()
                                                         for name in ("cert.pem", "key.pem")))
        cls.server = subprocess.Popen([fake, "--port", "0", "--certificate", cls.certificate], stdout=subprocess.PIPE,
                                      text=True)
        cls.url = cls.server.stdout.readline().split()[-1].replace("ws://127.0.0.1", "wss://localhost")

    @classmethod
    def tearDownClass(cls):
        cls.server.terminate()
        cls.server.communicate()
        cls.folder.cleanup()

    def test_a_trusted_server(self):
        run = Run(self.url, "--clients", "5", "--senders", "2", "--rate", "100", "--duration", "1s", "--payload", "20000",
                  server=None, expect=or_invalid(0), env={**os.environ, "SSL_CERT_FILE": self.certificate})
        self.assertEqual(run.integrity["deliveries"], 500)

    def test_a_certificate_that_nobody_signed(self):
        run = Run(self.url, server=None, expect=(5,))
        self.assertIn("its certificate cannot be trusted", run.report["unreachable"])


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
    def complaint(self, *arguments):
        done = subprocess.run([program, "--quiet", *arguments], capture_output=True, text=True, timeout=30)
        self.assertEqual(done.returncode, 2, done.stderr)
        return done.stderr

    def test_other_peoples_servers(self):
        # 192.0.2.1 is nobody's (RFC 5737); nothing is sent there.
        self.assertIn("--i-may-load-this-server", self.complaint("ws://192.0.2.1:8081"))
        self.assertIn("--really", self.complaint("ws://192.0.2.1:8081", "--i-may-load-this-server", "--clients", "500"))

    def test_loads_that_are_slips_of_the_pen(self):
        self.assertIn("more than any one machine does", self.complaint("--clients", "1000", "--rate", "100000"))
        self.assertIn("fit into one run", self.complaint("--clients", "1", "--rate", "100000", "--duration", "1h"))


if __name__ == "__main__":
    unittest.main()
