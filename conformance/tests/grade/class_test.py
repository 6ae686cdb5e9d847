#!/usr/bin/python3
"""chatlab-conformance grade as course staff meet it: a small class with all that goes wrong in one."""
import csv
import fcntl
import glob
import json
import os
import pty
import re
import signal
import shutil
import struct
import subprocess
import termios
import unittest

import made_class
from grading import PATIENCE_SECONDS, QUICK, GradingTest, content, grade, peers, program


class Grade(GradingTest):
    def test_a_class_as_canvas_hands_it_out(self):
        kinds = {kind.name: kind for kind in made_class.HARMFUL + made_class.STRANGE + made_class.faulty_ones()}
        names = ["forks", "allocates", "looks-around", "syntax-error", "listens-elsewhere", "lab-port", "unicode", "bomb",
                 "leads-out", "links", "faulty disconnect-wrong-type", "nothing-there"]
        wanted = made_class.make(os.path.join(self.folder, "class"), [kinds[name] for name in names])
        archive = shutil.make_archive(os.path.join(self.folder, "submissions"), "zip", os.path.join(self.folder, "class"))
        os.mkdir(os.path.join(self.folder, "tmp"))
        environment = {**os.environ, "TMPDIR": os.path.join(self.folder, "tmp")}
        os.chmod(self.folder, 0o755)
        command = ["--submissions", archive, "--entry", "app.py", "--launch", "python3 app.py", "--out", self.out,
                   "--exclude", "robust.*"]
        ended = grade(*command, env=environment)
        self.assertEqual((ended.returncode, self.leftovers()), (0, []), ended.stdout + ended.stderr)
        self.assertIn("sandbox: bubblewrap, own network", ended.stderr)
        self.assertEqual(made_class.mistakes(content(os.path.join(self.out, "results.jsonl")), wanted), [])
        self.assertEqual(glob.glob(os.path.join(self.folder, "**", "escaped.py"), recursive=True), [])
        self.assertFalse(os.path.exists("/tmp/escaped.py"))

        # The same again where nothing is graded anew.
        before = made_class.figures(self.out)
        kept = grade(*command, env=environment)
        self.assertIn(f"{len(names)} of {len(names)} graded ({len(names)} of them before)", kept.stdout)
        self.assertEqual(made_class.figures(self.out), before)

    def test_a_second_grading_is_the_same(self):
        kinds = {kind.name: kind for kind in made_class.STRANGE + made_class.faulty_ones()}
        made_class.make(os.path.join(self.folder, "class"), [
            kinds[name] for name in ("syntax-error", "lab-port", "faulty disconnect-wrong-type", "two-servers")])
        found = []
        for name, jobs in (("one", "1"), ("other", "4")):
            out = os.path.join(self.folder, name)
            ended = grade("--submissions", os.path.join(self.folder, "class"), "--entry", "app.py", "--launch", "python3 app.py",
                          "--out", out, "--jobs", jobs, "--only", "disconnect.announced", "--only", "chat.everyone")
            self.assertEqual(ended.returncode, 0, ended.stderr)
            found.append(made_class.figures(out))
            found[-1] |= made_class.but_for_durations(out)
        self.assertEqual(found[0], found[1])
        self.assertEqual(len(made_class.but_for_durations(out)), 2 * 4)

    def test_a_run_has_a_page_of_its_own(self):
        """What no two runs have alike is there, and nowhere else."""
        self.write("class/100%/app.py", content(f"{peers}/python/app.py").replace(
            "async def announce(kind):\n", "async def announce(kind):\n    print('at', __import__('time').time_ns(), '<b>')\n"))
        self.write("class/mute/app.py", content(f"{peers}/python/app.py"))
        self.write("class/starts-not/app.py", "raise SystemExit('no luck')")
        command = ["--submissions", os.path.join(self.folder, "class"), "--launch", "python3 app.py", "--out", self.out, *QUICK]
        ended = grade(*command)
        self.assertIn("2 with full marks, 1 not started", ended.stdout, ended.stderr)

        def pages(folder):
            return {name: content(os.path.join(self.out, folder, name)) for name in os.listdir(os.path.join(self.out, folder))}

        students, runs = pages("students"), pages("runs")
        self.assertEqual(set(students), {f"{name}.{ending}" for name in ("100%25", "mute", "starts-not") for ending in ("html", "json")})
        self.assertEqual(set(runs), {"100%25.html", "mute.html"})
        self.assertRegex(runs["100%25.html"], r'id="login.announced">(?s:.*)<pre>at \d+ &lt;b&gt;\n')
        for name, text in runs.items():
            self.assertEqual(text.count("<svg"), 2)
            page = students[name]
            self.assertEqual([page.count(word) for word in ("<svg", "&lt;b&gt;", "at 1", "server_output")], [0, 0, 0, 0])
            link = f"../runs/{name.replace('%', '%25')}"
            for place in ("", "#login.announced", "#chat.everyone"):
                self.assertEqual(page.count(f'<a href="{link}{place}">'), 1)
            report = json.loads(students[name.replace(".html", ".json")])
            self.assertEqual(report["run"], f"runs/{name}")
            self.assertNotIn("server_output", report["report"]["checks"][0])
        self.assertIsNone(json.loads(students["starts-not.json"])["run"])
        self.assertIn("no luck", students["starts-not.html"])
        self.assertNotIn("runs/", students["starts-not.html"])

        reports = made_class.but_for_durations(self.out)
        grade(*command, "--force")
        self.assertNotEqual(pages("runs")["100%25.html"], runs["100%25.html"])
        self.assertEqual(made_class.but_for_durations(self.out), reports)
        os.remove(os.path.join(self.out, "runs/mute.html"))
        self.assertIn("(2 of them before)", grade(*command).stdout)
        self.assertEqual(set(pages("runs")), set(runs))
        self.write("class/100%/app.py", "raise SystemExit('no luck')")
        shutil.rmtree(os.path.join(self.folder, "class/mute"))
        self.assertIn("(1 of them before)", grade(*command).stdout)
        self.assertEqual((pages("runs"), len(pages("students"))), ({}, 4))

    def test_a_roster_of_urls_and_folders(self):
        server = subprocess.Popen([f"{peers}/python/app.py", "--port", "0"], stdout=subprocess.PIPE, text=True)
        self.addCleanup(server.wait)
        self.addCleanup(server.terminate)
        self.addCleanup(server.stdout.close)
        url = server.stdout.readline().split()[-1]
        self.write("ada/app.py", content(f"{peers}/python/app.py"))
        roster = self.write("roster.csv", (
            "section,id,url,name,dir\r\n"
            f"A,1,{url},\"Lovelace, Ada\",\r\n"
            "A,2,,Grace Hopper,ada\r\n"
            f"B,2,{url},Twice,\r\n"
            f"B,,{url},Nobody,\r\n"
            "B,4,ftp://h,Wrong,\r\n"
            "B,5,ws://127.0.0.1:1,\"Ольга \"\"O\"\"\",\r\n"), encoding="utf-8-sig")
        ended = grade(roster, "--launch", "python3 app.py", "--out", self.out, *QUICK)
        self.assertEqual(ended.returncode, 4, ended.stderr)
        for line, words in ((4, "the id '2' stands in line 3 already"), (5, "the cell 'id' is empty"),
                            (6, "'ftp://h' is not the address of a WebSocket server: its scheme is 'ftp'")):
            self.assertIn(f"roster.csv:{line}: {words}", ended.stderr)
        scores = self.scores()
        self.assertEqual({id: outcome for id, (outcome, _) in scores.items()},
                         {"1": "tested", "2": "tested", "5": "not started"})
        table = content(os.path.join(self.out, "grades.csv"))
        self.assertTrue(table.startswith("\ufeffid,name,score,of,"), table)
        rows = list(csv.DictReader(table[1:].splitlines()))
        self.assertEqual([(row["name"], row["section"]) for row in rows],
                         [("Lovelace, Ada", "A"), ("Grace Hopper", "A"), ('Ольга "O"', "B")])
        self.assertEqual([row["result"] for row in rows], ["full marks", "full marks", "not started"])

    def test_it_goes_on_where_it_was_interrupted(self):
        for name in "abcd":
            self.write(f"class/{name}/app.py", content(f"{peers}/python/app.py"))
        for name in "ef":  # these are at work until they are interrupted
            self.write(f"class/{name}/app.py", content(f"{peers}/python/app.py"))
            self.write(f"class/{name}/wait", "")
        command = ["--submissions", os.path.join(self.folder, "class"), "--launch", "python3 app.py", "--out", self.out,
                   "--setup", "while [ -e wait ]; do sleep 0.1; done", "--jobs", "2", *QUICK]
        for number, code in ((signal.SIGINT, 130), (signal.SIGKILL, -9)):
            with self.subTest(number):
                shutil.rmtree(self.out, ignore_errors=True)
                ours = subprocess.Popen([program, "grade", *command], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
                                        text=True)
                for line in ours.stderr:
                    if line.startswith("[4/6]"):
                        break
                ours.send_signal(number)
                self.assertEqual(ours.wait(PATIENCE_SECONDS), code)
                ours.stderr.close()
                students = os.listdir(os.path.join(self.out, "students"))
                self.assertEqual({name for name in students if name.endswith(".json")},
                                 {"a.json", "b.json", "c.json", "d.json"})
        for name in "ef":
            os.remove(os.path.join(self.folder, f"class/{name}/wait"))
        ended = grade(*command)
        self.assertIn("6 of 6 graded (4 of them before): 6 with full marks", ended.stdout)
        self.write("class/a/app.py", "raise SystemExit('changed')")
        ended = grade(*command)
        self.assertIn("(5 of them before): 5 with full marks, 1 not started", ended.stdout)
        ended = grade(*command, "--only-failed")
        self.assertIn("(5 of them before)", ended.stdout)
        ended = grade(*command, "--force")
        self.assertIn("6 of 6 graded: 5 with full marks", ended.stdout)

    def test_a_submission_that_takes_too_long_is_stopped(self):
        self.write("class/a/app.py", content(f"{peers}/python/app.py"))
        self.write("class/a/wait", "")
        ended = grade("--submissions", os.path.join(self.folder, "class"), "--launch", "python3 app.py", "--out", self.out,
                      "--setup", "while [ -e wait ]; do sleep 0.1; done", "--time-limit", "2s", *QUICK)
        self.assertEqual(ended.returncode, 4, ended.stderr)
        self.assertEqual(self.scores(), {"a": ("stopped", 0)})
        self.assertIn("testing it was not done after 2 s", self.results()[0]["first_failure"])

    def test_the_setup_is_run_once_before(self):
        self.write("class/a/app.py", "import os\nassert open('made').read() == 'once\\n'\n" + content(f"{peers}/python/app.py"))
        ended = grade("--submissions", os.path.join(self.folder, "class"), "--launch", "python3 app.py", "--out", self.out,
                      "--setup", "echo once >> made", *QUICK)
        self.assertIn("1 with full marks", ended.stdout, ended.stderr)
        self.assertFalse(os.path.exists(os.path.join(self.folder, "class/a/made")), "what was handed in has changed")
        ended = grade("--submissions", os.path.join(self.folder, "class"), "--launch", "python3 app.py", "--out", self.out,
                      "--setup", "echo no luck; exit 3", *QUICK)
        self.assertIn("the setup 'echo no luck; exit 3' failed: it exited with status 3. Its last output:\nno luck",
                      self.results()[0]["first_failure"])

    def test_without_a_sandbox(self):
        self.write("class/a/app.py", content(f"{peers}/python/app.py"))
        ended = grade("--submissions", os.path.join(self.folder, "class"), "--launch", "python3 app.py", "--out", self.out,
                      "--sandbox", "none", "--network", "shared", *QUICK)
        self.assertIn("1 with full marks", ended.stdout, ended.stderr)
        self.assertTrue(self.results()[0]["sandbox"].startswith("none"))

    def test_without_bubblewrap_the_rest_is_done_and_told(self):
        self.write("class/a/app.py", "import os\nprint('user', os.getuid())\n" + content(f"{peers}/python/app.py"))
        programs = os.path.join(self.folder, "bin")
        os.mkdir(programs)
        os.chmod(self.folder, 0o755)
        for folder in ("/bin", "/usr/bin", "/sbin", "/usr/sbin"):
            for name in os.listdir(folder):
                if name != "bwrap" and not os.path.lexists(os.path.join(programs, name)):
                    os.symlink(os.path.join(folder, name), os.path.join(programs, name))
        command = ["--submissions", os.path.join(self.folder, "class"), "--launch", "python3 app.py", "--out", self.out, *QUICK]
        for network, words in (("auto", "; own network"), ("shared", "; the machine's network, as asked for")):
            with self.subTest(network):
                ended = grade(*command, "--network", network, env={**os.environ, "PATH": programs})
                self.assertIn("1 with full marks", ended.stdout, ended.stderr)
                told = re.search("sandbox: (none.*)", ended.stderr)[1]
                self.assertRegex(told, f"^none.*, bubblewrap cannot be used: it is not installed{words}$")
                self.assertEqual(self.results()[0]["sandbox"], told)
                self.assertEqual(json.loads(content(os.path.join(self.out, "students/a.json")))["report"]["sandbox"], told)
                self.assertIn("bubblewrap cannot be used", content(os.path.join(self.out, "students/a.html")))
        ended = grade(*command, "--sandbox", "bwrap", env={**os.environ, "PATH": programs})
        self.assertEqual(ended.returncode, 2)
        self.assertIn("--sandbox bwrap cannot be had: it is not installed", ended.stderr)

    def test_limits_are_those_asked_for(self):
        self.write("class/forks/app.py", "import subprocess\nfor i in range(20):\n    subprocess.Popen(['sleep', '3600'])\n"
                                         "subprocess.run(['sleep', '3600'])")
        self.write("class/allocates/app.py", "kept = bytearray(200 << 20)")
        self.write("class/computes/app.py", "while True: pass")
        self.write("class/sets-up/app.py", "")
        self.write("class/sets-up/large", "")
        ended = grade("--submissions", os.path.join(self.folder, "class"), "--launch", "python3 app.py", "--out", self.out,
                      "--setup", "if [ -e large ]; then exec head -c 2000000 /dev/zero > large; fi",
                      *(f"--limit={limit}" for limit in ("processes=15", "memory=150MiB", "file=1MiB", "cpu=1s")), *QUICK)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        words = {result["id"]: result["first_failure"] for result in self.results()}
        self.assertIn("did not start: it was ended: it ran more than 15 processes at once", words["forks"])
        self.assertIn("MemoryError", words["allocates"])
        self.assertIn("as after signal 24 (CPU time limit exceeded)", words["computes"])
        self.assertIn("failed: it exited with status 153, as after signal 25 (File size limit exceeded)", words["sets-up"])

    def test_a_bar_on_a_terminal(self):
        for name in "abc":
            self.write(f"class/{name}/app.py", "raise SystemExit")
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 70, 0, 0))
        grading = subprocess.Popen([program, "grade", "--submissions", os.path.join(self.folder, "class"), "--launch",
                                    "python3 app.py", "--out", self.out, "--jobs", "1", *QUICK],
                                   stderr=theirs, stdout=subprocess.PIPE, text=True)
        os.close(theirs)
        drawn = b""
        while True:
            try:
                some = os.read(ours, 4096)
            except OSError:  # so a terminal says that nobody writes to it any more
                break
            drawn += some
        os.close(ours)
        self.assertIn("3 of 3 graded: 0 with full marks, 3 not started", grading.communicate(timeout=PATIENCE_SECONDS)[0])
        self.assertEqual(grading.returncode, 0)
        first, *bars = drawn.decode().split("\r\x1b[K")
        self.assertRegex(first, "^sandbox: [^\r]*\r\n$")
        self.assertEqual(bars[-1], "", "the bar is left on the terminal")
        bars = [bar for bar in bars if bar]
        for number in range(3):
            self.assertTrue(any(re.match(fr"\[#*\.*\] {number}/3  full marks 0, not tested {number}", bar) for bar in bars), bars)
        self.assertTrue(any(re.search("at work 1, [0-9]+ s left$", bar) for bar in bars), bars)
        self.assertLess(max(len(bar) for bar in bars), 70, "it is wider than the terminal")
        self.assertNotIn("\n", "".join(bars))

    def test_wrong_usage_is_told(self):
        roster = self.write("roster.csv", "id,dir\n1,x\n")
        for arguments, words in (
            ([], "there is nobody to grade"),
            ([roster], "--out says into which folder"),
            ([roster, "--out", self.out], "--launch says which command starts the server"),
            (["--submissions", "/nowhere", "--out", self.out], "--submissions needs --launch"),
            (["--submissions", "/nowhere", "--out", self.out, "--launch", "x"], "cannot read '/nowhere'"),
            ([roster, "--out", self.out, "--sandbox", "magic"], "--sandbox is auto, bwrap or none, not 'magic'"),
            ([roster, "--out", self.out, "--timeout", "soon"], "--timeout is a time"),
            ([roster, "--out", self.out, "--jobs", "0"], "--jobs is a whole number from 1"),
            ([roster, "--out", self.out, "--launch", "x", "--limit", "luck=5"], "--limit is memory=2GiB, processes=64"),
            ([roster, "--out", self.out, "--canvas-gradebook", "x"], "--canvas-gradebook and --assignment go together"),
        ):
            with self.subTest(arguments):
                ended = grade(*arguments)
                self.assertEqual(ended.returncode, 2, ended.stdout)
                self.assertIn(words, ended.stderr)


if __name__ == "__main__":
    unittest.main()
