#!/usr/bin/python3
"""Servers that stop in the middle, and generators that starve: a bounded end, and the right word for it."""
import json
import os
import signal
import socket
import subprocess
import sys
import unittest

import jsonschema

from running import Run, base, or_invalid, program, schema


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


if __name__ == "__main__":
    unittest.main()
