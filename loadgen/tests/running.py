"""One run of chatlab-loadgen against the fake server: its report, its exit code and what the server wrote down."""
import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema

program = sys.argv.pop(1)  # before unittest looks at the arguments
fake = "ci/peers/fake/server.py"
schema = json.loads(pathlib.Path("loadgen/report/report.schema.json").read_text())
base = ["--quiet", "--no-headroom", "--warmup", "0s", "--login-rate", "1000"]


def or_invalid(code):
    """Where the exit code depends on how busy this machine is: the generator may call itself INVALID (3)."""
    return (code, 3)


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
