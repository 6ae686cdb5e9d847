#!/usr/bin/python3
"""chatlab-conformance grade as course staff meet it: a small class with all that goes wrong in one."""
import base64
import csv
import fcntl
import glob
import json
import os
import pty
import re
import signal
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import unittest

import yaml

program, peers = sys.argv.pop(1), os.path.abspath("ci/peers")
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import made_class  # noqa: E402

PATIENCE_SECONDS = 120  # only ever reached by a program that is wrong
QUICK = ["--only", "login.announced", "--only", "chat.everyone", "--timeout", "3s"]  # checks that say enough here


def grade(*arguments, **settings):
    settings = {"capture_output": True, "text": True, "timeout": PATIENCE_SECONDS, **settings}
    return subprocess.run([program, "grade", *arguments], **settings)


def content(path):
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def let_through(listener, port, name, made, gates):
    """Joins each connection with one to the port, once all gates are asked for."""
    while True:
        try:
            client, _ = listener.accept()
        except OSError:
            return  # the test is over
        made.append(name)
        if gates:
            gates.wait(PATIENCE_SECONDS)
            gates = None
        server = socket.create_connection(("127.0.0.1", port))
        threading.Thread(target=join, args=(client, server), daemon=True).start()


def join(client, server):
    with client, server:
        back = threading.Thread(target=pour, args=(server, client), daemon=True)
        back.start()
        pour(client, server)
        back.join()


def pour(source, target):
    try:
        while some := source.recv(65536):
            target.sendall(some)
    except OSError:
        pass  # one of them has vanished
    try:
        target.shutdown(socket.SHUT_WR)
    except OSError:
        pass


class Grade(unittest.TestCase):
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

    def servers_behind_gates(self, names, together):
        """URLs of right servers, and a list in which a name stands for each connection that was made to that one. With
        `together`, nobody gets through before each of them has been asked for a connection."""
        urls, made, gates = [], [], threading.Barrier(len(names)) if together else None
        for name in names:
            server = subprocess.Popen([f"{peers}/python/app.py", "--port", "0"], stdout=subprocess.PIPE, text=True)
            self.addCleanup(server.wait)
            self.addCleanup(server.terminate)
            self.addCleanup(server.stdout.close)
            port = int(server.stdout.readline().split(":")[-1])
            listener = socket.create_server(("127.0.0.1", 0))
            self.addCleanup(listener.close)
            self.addCleanup(listener.shutdown, socket.SHUT_RDWR)
            threading.Thread(target=let_through, args=(listener, port, name, made, gates), daemon=True).start()
            urls.append(f"ws://127.0.0.1:{listener.getsockname()[1]}")
        return urls, made

    def test_urls_of_one_host_are_graded_one_after_another(self):
        for together in (False, True):
            with self.subTest(together=together):
                urls, made = self.servers_behind_gates("abc", together)
                roster = self.write("roster.csv", "id,name,url\n" + "".join(
                    f"{name},{name},{url}\n" for name, url in zip("abc", urls)))
                ended = grade(roster, "--out", self.out, "--jobs", "4", *(["--per-host", "3"] if together else []), *QUICK)
                self.assertIn("3 with full marks", ended.stdout, ended.stderr)
                self.assertEqual(set(made), set("abc"))
                if not together:
                    self.assertEqual(made, sorted(made))

    def test_a_gradebook_is_filled_in(self):
        self.write("class/ada_1001_1_app.py", content(f"{peers}/python/app.py"))
        self.write("class/grace_1002_2_app.py", "x")
        export = ("\ufeffStudent,ID,SIS User ID,SIS Login ID,Section,\"Lab 8 (77)\",Final\r\n"
                  "    Points Possible,,,,,5.0,(read only)\r\n"
                  "\"Lovelace, Ada\",1001,u1,ada,A,,90.1\r\n"
                  "\"Hopper, Grace\",1002,u2,grace,\"A, B\",3,80\r\n"
                  "\"Student, Test\",1003,,x,A,,\r\n")
        book = self.write("export.csv", export)
        ended = grade("--submissions", os.path.join(self.folder, "class"), "--entry", "app.py", "--launch",
                      "python3 app.py", "--out", self.out, "--canvas-gradebook", book, "--assignment", "Lab 8",
                      "--exclude", "robust.*", "--timeout", "3s")
        self.assertIn("2 of 2 scores are in", ended.stdout, ended.stderr)
        self.assertIn('no score for Student, Test', ended.stderr)
        filled = content(os.path.join(self.out, "export.csv"))
        self.assertEqual(filled, export.replace("A,,90.1", "A,5,90.1").replace('"A, B",3,80', '"A, B",0,80'))
        self.assertEqual(content(book), export)

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

    def test_the_autograder_of_gradescope(self):
        root = os.path.join(self.folder, "autograder")
        for name in ("run_autograder", "lab.conf"):
            self.write(f"autograder/source/{name}", content(f"conformance/gradescope/{name}"))
        os.makedirs(os.path.join(root, "source/bin"))
        os.symlink(os.path.abspath(program), os.path.join(root, "source/bin/chatlab-conformance"))
        results = os.path.join(root, "results/results.json")
        for app, score in ((content(f"{peers}/python/app.py"), 5), ("syntax error", 0), (None, 0)):
            with self.subTest(score):
                shutil.rmtree(os.path.join(root, "submission"), ignore_errors=True)
                os.mkdir(os.path.join(root, "submission"))
                if app:
                    self.write("autograder/submission/lab08/server/app.py", app)
                ended = subprocess.run(["bash", os.path.join(root, "source/run_autograder")], capture_output=True, text=True,
                                       env={**os.environ, "AUTOGRADER_ROOT": root}, timeout=PATIENCE_SECONDS)
                self.assertEqual(ended.returncode, 0, ended.stderr)
                report = json.loads(content(results))
                self.assertEqual(report["score"], score, ended.stdout + ended.stderr)
                self.assertAlmostEqual(sum(test.get("max_score", 0) for test in report["tests"]), 5)
                self.assertAlmostEqual(sum(test.get("score", 0) for test in report["tests"]), score)
                for test in report["tests"]:
                    self.assertIn(test["status"], ("passed", "failed"))
                    self.assertIn(test["visibility"], ("visible", "hidden", "after_due_date", "after_published"))
        os.remove(os.path.join(root, "source/bin/chatlab-conformance"))
        ended = subprocess.run(["bash", os.path.join(root, "source/run_autograder")], capture_output=True, text=True,
                               env={**os.environ, "AUTOGRADER_ROOT": root}, timeout=PATIENCE_SECONDS)
        self.assertEqual(ended.returncode, 0, ended.stderr)
        report = json.loads(content(results))
        self.assertEqual((report["score"], report["tests"]), (0, []))
        self.assertIn("tell the course staff", report["output"])

    def test_the_workflow_of_github_classroom(self):
        workflow = yaml.safe_load(content("conformance/github/classroom.yml"))
        step = next(step for step in workflow["jobs"]["run-autograding-tests"]["steps"] if step.get("id") == "chat")
        os.makedirs(os.path.join(self.folder, "chatlab/build/release/conformance"))
        os.symlink(os.path.abspath(program),
                   os.path.join(self.folder, "chatlab/build/release/conformance/chatlab-conformance"))
        output = self.write("output", "")
        right = content(f"{peers}/python/app.py")
        for app, score, status in ((right, 5, "pass"), ("syntax error", 0, "fail")):
            with self.subTest(status):
                self.write("submission/server/app.py", app)
                self.write("output", "")
                settings = {**workflow["env"], "GITHUB_OUTPUT": output, "GITHUB_STEP_SUMMARY": self.write("summary", "")}
                ended = subprocess.run(["bash", "-e", "-c", step["run"]], cwd=self.folder, env={**os.environ, **settings},
                                       capture_output=True, text=True, timeout=PATIENCE_SECONDS)
                self.assertEqual(ended.returncode, 0, ended.stdout + ended.stderr)
                result = json.loads(base64.b64decode(content(output).removeprefix("result=")))
                self.assertEqual((result["version"], result["status"], result["max_score"]), (1, status, 5))
                self.assertAlmostEqual(sum(test["score"] for test in result["tests"]), score)
                self.assertNotEqual(content(os.path.join(self.folder, "summary")), "")


if __name__ == "__main__":
    unittest.main()
