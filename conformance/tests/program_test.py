#!/usr/bin/python3
"""chatlab-conformance as its user meets it: what goes wrong outside the suite ends in a bounded time, with its exit
code and a line that says why."""
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import unittest

program = sys.argv.pop(1)
PATIENCE_SECONDS = 60  # only ever reached by a program that is wrong

ONE_LONG_MESSAGE = """
suite: long
title: A message that is longer than the kernel's buffers
points: 1
checks:
  - id: long.chat
    title: It arrives
    level: must
    points: 1
    rule: P4
    hint: Read.
    clients: {alice: connected}
    script:
      - alice sends: {type: chat, text: $filler(16000000)}
      - alice hears: {type: chat}
"""


def run(*arguments, **settings):
    settings = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **settings}
    return subprocess.run([program, *arguments], text=True, timeout=PATIENCE_SECONDS, **settings)


class Program(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return path

    def next_of(self, pipe):
        readable, _, _ = select.select([pipe], [], [], PATIENCE_SECONDS)
        self.assertTrue(readable, "nothing came, and the pipe did not end")
        return os.read(pipe, 4096)

    def test_a_report_that_cannot_be_written_is_an_error(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            ended = run("--only", "login.announced", stdout=full)
        self.assertEqual(ended.returncode, 4)
        self.assertEqual(
            ended.stderr, "chatlab-conformance: cannot write the report: No space left on device\n"
        )

    def test_wrong_usage_is_one_line(self):
        broken = self.write("suite.yaml", "suite: s\n")
        for arguments, words in (
            (["--launch", ""], "--launch takes a command"),
            (["--suite", self.folder], "it is a folder"),
            (["--suite", broken], f"{broken}:1: the field 'title' is missing"),
            (["--only", "nothing.*"], "no check of the suite lab08 matches 'nothing.*'"),
        ):
            with self.subTest(arguments):
                ended = run(*arguments)
                self.assertEqual((ended.returncode, ended.stdout), (2, ""))
                self.assertIn(words, ended.stderr)
                self.assertEqual(ended.stderr.count("\n"), 1)

    def test_a_server_that_does_not_start_has_a_report_too(self):
        ended = run("--launch", "echo no luck; exit 3", "--format", "json")
        self.assertEqual(ended.returncode, 3)
        self.assertIn("exited with status 3. Its last output:\nno luck\n", json.loads(ended.stdout)["unreachable"])

    def test_a_server_that_never_reads_is_given_up(self):
        suite = self.write("long.yaml", ONE_LONG_MESSAGE)
        server = "ci/peers/hostile/server.py --kind never-reads"
        ended = run("--launch", server, "--suite", suite, "--timeout", "200ms", "--format", "json")
        check = json.loads(ended.stdout)["checks"][0]
        self.assertEqual((check["status"], ended.returncode), ("fail", 1))
        self.assertIn("lost: the server did not take a message in time", check["message"])

    def test_the_launched_server_ends_with_the_program(self):
        # The server holds the pipe open and says when it serves; the signal comes while the program waits for it.
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
            with self.subTest(number):
                pipe = os.path.join(self.folder, f"life-{number}")
                os.mkfifo(pipe)
                server = f"ci/peers/hostile/server.py --kind mute > {pipe}"
                ours = subprocess.Popen([program, "--launch", server, "--timeout", "3600s"], stdout=subprocess.DEVNULL)
                life = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
                self.addCleanup(os.close, life)
                self.assertNotEqual(self.next_of(life), b"", "the server did not start")
                ours.send_signal(number)
                self.assertEqual(ours.wait(PATIENCE_SECONDS), -number)
                while self.next_of(life):  # until nobody holds the pipe any more
                    pass


if __name__ == "__main__":
    unittest.main()
