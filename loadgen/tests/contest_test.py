#!/usr/bin/python3
"""Comparisons and sweeps of servers that do what they are told, and what is written while and after they run."""
import json
import pathlib
import re
import subprocess
import tempfile
import unittest
import urllib.request

import jsonschema

from running import fake, or_invalid, program

quick = ["--quiet", "--no-headroom", "--warmup", "0s", "--login-rate", "1000", "--clients", "10", "--rate", "40"]


def schema_of(kind):
    return json.loads(pathlib.Path(f"loadgen/report/{kind}.schema.json").read_text())


def contest(*words, expect):
    done = subprocess.run([program, *words, *quick, "--format", "json"], capture_output=True, text=True, timeout=200)
    if done.returncode not in expect:
        raise AssertionError(f"exit {done.returncode}, not {expect}: {done.stdout[:3000]}\n{done.stderr}")
    report = json.loads(done.stdout)
    jsonschema.validate(report, schema_of(report["kind"]))
    return report


def target(report, name):
    return next(one for one in report["targets"] if one["name"] == name)


class Comparisons(unittest.TestCase):
    def test_who_dies_or_loses_is_not_ranked(self):
        report = contest("compare", f"right={{exec {fake}}}", f"late={{exec {fake} --late 0.2}}",
                         f"copying={{exec {fake} --copy 5}}", f"dying={{exec {fake} --stop-after 10}}", "echo={ci/peers/echo/app.py}",
                         "--rounds", "3", "--duration", "500ms", "--drain", "1s", "--patience", "2s", expect=(5,))
        standings = {one["name"]: one["standing"] for one in report["targets"]}
        self.assertEqual({name: standings[name] for name in ("copying", "dying", "echo")},
                         {"copying": "lossy", "dying": "dead", "echo": "refused"})
        self.assertEqual(len(target(report, "copying")["rounds"]), 3)
        self.assertEqual(len(target(report, "dying")["rounds"]), 1)  # the others would be wasted
        self.assertGreaterEqual(target(report, "late")["figures"]["p50"]["value"], 199_000)
        for name in ("copying", "dying", "echo"):
            self.assertEqual(target(report, name)["figures"]["p50"]["difference"], "unknown")
        self.assertIn("dying is not ranked", " ".join(report["verdict"]))

    def test_a_baseline_fails_what_has_become_slower(self):
        with tempfile.TemporaryDirectory() as folder:
            common = ["--rounds", "3", "--duration", "500ms"]
            contest("compare", f"server={{exec {fake} --delay 0.05}}", *common, "--out", f"{folder}/before.json", expect=or_invalid(0))
            report = contest("compare", f"server={{exec {fake} --delay 0.5}}", *common, "--baseline", f"{folder}/before.json",
                             "--fail-if-slower", "10%", expect=or_invalid(1))
            self.assertTrue(report["targets"][0]["is_baseline"])
            done = subprocess.run([program, "compare", f"server={{exec {fake}}}", *quick, "--clients", "11", "--baseline",
                                   f"{folder}/before.json"], capture_output=True, text=True)
            self.assertEqual(done.returncode, 2)
            self.assertIn("clients was 10, and is 11 now", done.stderr)


class Sweeps(unittest.TestCase):
    def test_the_limit_of_a_throttled_server(self):
        # What it finds depends on the machine (ci/bench loadgen limit); that it never reports what was not held does not.
        report = contest("sweep", f"throttled={{exec {fake} --capacity 150}}", "--duration", "500ms", "--drain", "500ms",
                         expect=(0, 1, 3))
        found = report["targets"][0]
        windows = found["windows"]
        self.assertEqual([one["load"] for one in windows[:2]], [40, 80 if windows[0]["held"] == "yes" else 40])
        for one in windows:
            if one["load"] > 250:
                self.assertNotEqual(one["held"], "yes", one)  # 250/s at 150/s is 200 ms behind after half a second
        if found["confirmed"]:
            confirming = [one for one in windows if one["load"] == found["held"] and one["why"] == "confirm"]
            self.assertEqual([one["held"] for one in confirming if one["held"] != "cannot tell"], ["yes"] * 3)
            self.assertLess(found["held"], 250)
            self.assertGreaterEqual(found["achieved_per_s"], 0.99 * found["held"] - 2)  # half a second's rounding

    def test_a_server_that_is_not_there(self):
        report = contest("sweep", "gone={exit 7}", expect=(5,))
        self.assertIn("status 7", report["targets"][0]["failure"])


class Writing(unittest.TestCase):
    def test_files_that_were_asked_for(self):
        with tempfile.TemporaryDirectory() as folder:
            out = pathlib.Path(folder)
            done = subprocess.run([program, *quick, "--no-gate", "--duration", "1s", "--launch", f"exec {fake}", "--out", f"{folder}/run",
                                   "--svg", f"{folder}/curve.svg", "--series", f"{folder}/series.csv"], capture_output=True, text=True)
            self.assertIn(done.returncode, or_invalid(0), done.stderr)
            self.assertEqual({path.name for path in out.iterdir()},
                             {"run.html", "run.json", "run.csv", "run.hgrm", "run.hlog", "curve.svg", "series.csv"})
            self.assertIn("reached everybody within", (out / "run.html").read_text())
            self.assertTrue((out / "curve.svg").read_text().startswith("<svg "))
            lines = (out / "series.csv").read_text().splitlines()
            self.assertEqual(lines[0], "at_s,sent,delivered,backlog,p50_us,p90_us,p99_us,max_us")
            self.assertGreaterEqual(len(lines), 5)
            report = json.loads((out / "run.json").read_text())
            self.assertGreaterEqual(len(report["progressions"]), 4)
            done = subprocess.run([program, *quick, "--no-gate", "--duration", "100ms", "--launch", f"exec {fake}", "--out",
                                   f"{folder}/nowhere/run.html"], capture_output=True, text=True)
            self.assertEqual(done.returncode, 2)
            self.assertIn("cannot write", done.stderr)

    def test_metrics_while_it_runs(self):
        process = subprocess.Popen([program, *quick[1:], "--no-gate", "--launch", f"exec {fake}", "--duration", "30s",
                                    "--prometheus-port", "0"], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        try:
            url = re.search(r"http://\S+", process.stderr.readline()).group()
            for line in process.stderr:
                if line.startswith("measuring:"):
                    break
            text = urllib.request.urlopen(url).read().decode()
            self.assertIn("\nchatlab_loadgen_clients_logged_in 10\n", text)
            self.assertRegex(text, r"\nchatlab_loadgen_broadcasts_total [1-9]")
            with self.assertRaises(urllib.error.HTTPError):
                urllib.request.urlopen(url.replace("metrics", "other"))
        finally:
            process.terminate()
            process.communicate()


if __name__ == "__main__":
    unittest.main()
