"""What the tests of grading share: the program, a folder of their own, and what it leaves there."""
import glob
import json
import os
import subprocess
import sys
import tempfile
import unittest

program, peers = sys.argv.pop(1), os.path.abspath("ci/peers")

PATIENCE_SECONDS = 120  # only ever reached by a program that is wrong
SOME = ["--only", "login.announced", "--only", "chat.everyone"]  # checks that say enough here
QUICK = [*SOME, "--timeout", "3s"]  # where some servers never answer


def grade(*arguments, **settings):
    settings = {"capture_output": True, "text": True, "timeout": PATIENCE_SECONDS, **settings}
    return subprocess.run([program, "grade", *arguments], **settings)


def content(path):
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


class GradingTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.out = os.path.join(self.folder, "results")

    def write(self, name, text, encoding="utf-8"):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding=encoding, newline="") as file:
            file.write(text)
        return path

    def results(self):
        return [json.loads(line) for line in content(os.path.join(self.out, "results.jsonl")).splitlines()]

    def scores(self):
        return {result["id"]: (result["outcome"], result["score"]) for result in self.results()}

    def leftovers(self):
        return glob.glob(os.path.join(self.folder, "tmp", "*")) + glob.glob("/dev/shm/chatlab-*")
