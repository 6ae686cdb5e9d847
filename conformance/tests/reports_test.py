#!/usr/bin/python3
"""The reports as programs read them: each format of real runs and of the golden one, by a reader of its own."""
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
import xml.etree.ElementTree as xml
from html.parser import HTMLParser

import jsonschema

program = sys.argv.pop(1)
PATIENCE_SECONDS = 60  # only ever reached by a program that is wrong
GOLDENS = "conformance/tests/goldens/"
with open("conformance/report/report.schema.json", encoding="utf-8") as schema:
    SCHEMA = json.load(schema)
jsonschema.Draft202012Validator.check_schema(SCHEMA)

PASSES = ["--only", "chat.*"]
FAILS = ["--launch", "ci/peers/faulty/server.py --fault disconnect-wrong-type", "--only", "login.announced",
         "--only", "disconnect.*"]
UNREACHABLE = ["--launch", "echo no luck; exit 3"]
RUNS = {"passes": (PASSES, 0), "fails": (FAILS, 1), "unreachable": (UNREACHABLE, 3)}


def run(*arguments, env=None):
    return subprocess.run([program, *arguments], text=True, timeout=PATIENCE_SECONDS, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, env={**os.environ, "GITHUB_STEP_SUMMARY": "", **(env or {})})


def read(path):
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def golden(name):
    return read(GOLDENS + name)


class OpenTags(HTMLParser):
    """Every tag is closed, in order, and none is a script or asks for something from elsewhere."""
    VOID = {"meta", "circle", "line", "path", "rect", "br"}

    def __init__(self):
        super().__init__()
        self.open = []
        self.seen = set()
        self.ids = []
        self.targets = []

    def handle_starttag(self, tag, attributes):
        self.seen.add(tag)
        for name, value in attributes:
            if name == "id":
                self.ids.append(value)
            if name in ("src", "href"):
                self.targets.append(value)
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in self.VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if not self.open or self.open[-1] != tag:
            raise AssertionError(f"</{tag}> closes {self.open[-1:]}")
        self.open.pop()


def tap_of(text):
    """The lines that count of a TAP 14 stream: [(ok, number, description, directive)]."""
    lines = text.rstrip("\n").split("\n")
    assert lines[0] == "TAP version 14", lines[0]
    planned = int(re.fullmatch(r"1\.\.(\d+)", lines[1])[1])
    results, in_yaml = [], False
    for line in lines[2:]:
        if in_yaml:
            in_yaml = line != "  ..."
            assert not in_yaml or re.match(r'  \w+: "', line), line
            continue
        in_yaml = line == "  ---"
        if in_yaml or line.startswith("# "):
            continue
        if line.startswith("Bail out! "):
            return results, planned, line
        found = re.fullmatch(r"(not )?ok (\d+) - ((?:[^#\\]|\\.)*?)(?: # (SKIP|TODO) (.*))?", line)
        assert found, line
        results.append((not found[1], int(found[2]), found[3], found[4]))
    return results, planned, None


class Reports(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name

    def path(self, name):
        return os.path.join(self.folder, name)

    def test_every_format_of_real_runs(self):
        for name, (arguments, code) in RUNS.items():
            with self.subTest(name):
                files = [self.path(f"{name}.{ending}") for ending in ("json", "xml", "tap", "html", "md", "txt")]
                outs = [argument for file in files for argument in ("--out", file)]
                ended = run(*arguments, *outs, "--transcript", "--format", "github", "--out", self.path(name))
                self.assertEqual((ended.returncode, ended.stderr), (code, ""))
                self.assertEqual(ended.stdout, read(self.path(f"{name}.txt")), "the terminal gets the text")
                self.check_json(read(files[0]), code)
                self.check_junit(read(files[1]))
                self.check_tap(read(files[2]))
                self.check_html(read(files[3]))
                self.assertTrue(read(files[4]).startswith("# Lab 8, Mini Chat App: "))
                self.check_github(read(self.path(name)))
                self.assertEqual(os.listdir(self.folder).count(f"{name}.json"), 1)
                self.assertFalse([file for file in os.listdir(self.folder) if file.count(".") > 1], "no litter")

    def test_every_format_of_the_goldens(self):
        for name, code in (("report", 4), ("unreachable", 3), ("broken", 4)):
            with self.subTest(name):
                self.check_json(golden(f"{name}.json").replace("VERSION", "0"), code)
                self.check_junit(golden(f"{name}.xml"))
                self.check_tap(golden(f"{name}.tap"))
                self.check_html(golden(f"{name}.html"))
                self.check_github(golden(f"{name}.github"))
        self.check_json(golden("transcript.json"), 1)
        self.check_html(golden("transcript.html"))
        for file in sorted(os.listdir(GOLDENS)):
            if file.endswith(".svg"):
                picture = xml.fromstring(golden(file))
                self.assertEqual(picture.tag, "{http://www.w3.org/2000/svg}svg")
                self.assertTrue(picture[0].tag.endswith("title") and picture[1].tag.endswith("desc"))

    def check_json(self, text, code):
        report = json.loads(text)
        jsonschema.Draft202012Validator(SCHEMA).validate(report)
        self.assertEqual(report["exit_code"], code)
        for check in report["checks"]:
            if check["status"] == "pass":
                self.assertTrue(check["evidence"], f"{check['id']} passed on nothing")

    def check_junit(self, text):
        """The shape that Jenkins' junit-10.xsd asks for, which GitLab's and GitHub's readers share."""
        self.assertNotRegex(text, "[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
        suites = xml.fromstring(text)
        self.assertEqual(suites.tag, "testsuites")
        (suite,) = suites
        cases = suite.findall("testcase")
        self.assertIn([child.tag for child in suite if child.tag != "testcase"], (["properties"], ["properties", "system-err"]))
        count = lambda tag: sum(1 for case in cases if case.find(tag) is not None)
        for element in (suites, suite):
            for attribute, number in (("tests", len(cases)), ("failures", count("failure")),
                                      ("errors", count("error")), ("skipped", count("skipped"))):
                self.assertEqual(element.get(attribute), str(number), attribute)
            self.assertRegex(element.get("time"), r"^\d+\.\d{3}$")
        names = [(case.get("classname"), case.get("name")) for case in cases]
        self.assertEqual(len(set(names)), len(names))
        order = ["failure", "error", "skipped", "system-out", "system-err"]
        for case in cases:
            self.assertRegex(case.get("classname"), r"^\w+\.\w+$")
            tags = [child.tag for child in case]
            self.assertEqual(tags, sorted(tags, key=order.index))
            self.assertLessEqual(len(set(tags) & set(order[:3])), 1)
            for child in case[:1]:
                self.assertTrue(child.tag.startswith("system") or child.get("message"))

    def check_tap(self, text):
        results, planned, bail = tap_of(text)
        if bail is None or results:
            self.assertEqual([number for _, number, _, _ in results], list(range(1, planned + 1)))
        prove = shutil.which("prove")
        if prove is None:
            return
        file = self.path("stream.tap")
        with open(file, "w", encoding="utf-8") as stream:
            stream.write(text.replace("TAP version 14", "TAP version 13", 1))  # older ones know no newer
        ended = subprocess.run([prove, "--exec", "cat", file], text=True, stdout=subprocess.PIPE,
                               stderr=subprocess.STDOUT, timeout=PATIENCE_SECONDS, check=False)
        bad = bail is not None or any(not ok and directive != "TODO" for ok, _, _, directive in results)
        self.assertEqual(ended.returncode != 0, bad, ended.stdout)
        if bail is None:  # a stream that is given up has run less than was planned
            self.assertNotIn("Parse errors", ended.stdout)

    def check_html(self, text):
        page = OpenTags()
        page.feed(text)
        page.close()
        self.assertEqual(page.open, [])
        self.assertNotIn("script", page.seen)
        self.assertEqual(len(page.ids), len(set(page.ids)), "an id stands twice")
        for target in page.targets:
            self.assertTrue(target.startswith("#") and target[1:] in page.ids, target)

    def check_github(self, text):
        for line in text.rstrip("\n").split("\n"):
            self.assertRegex(line, r"^::(error|warning|notice) title=[^:,]*::.+$")

    def test_a_summary_is_added_for_github(self):
        summary = self.path("summary.md")
        for count in (1, 2):
            ended = run(*PASSES, "--format", "github", env={"GITHUB_STEP_SUMMARY": summary})
            self.check_github(ended.stdout)
            self.assertEqual(read(summary).count("# Lab 8, Mini Chat App: "), count)

    def test_what_cannot_be_written_is_an_error_and_the_rest_is_written(self):
        nowhere, there = self.path("nowhere/r.json"), self.path("r.html")
        ended = run(*PASSES, "--out", nowhere, "--out", there)
        self.assertEqual(ended.returncode, 4)
        self.assertEqual(ended.stderr, f"chatlab-conformance: cannot write the report {nowhere}: No such file or "
                                       "directory; does its folder exist?\n")
        self.assertIn(" points ", ended.stdout)
        self.check_html(read(there))
        ended = run(*PASSES, "--format", "json", "--out", self.folder)
        self.assertEqual((ended.returncode, ended.stderr),
                         (4, f"chatlab-conformance: cannot write the report {self.folder}: Is a directory\n"))
        ended = run(*PASSES, "--format", "json", "--out", "/dev/full")
        self.assertEqual((ended.returncode, ended.stderr),
                         (4, "chatlab-conformance: cannot write the report /dev/full: No space left on device\n"))

    def test_a_file_is_replaced_as_a_whole(self):
        file, link = self.path("r.json"), self.path("link.json")
        with open(file, "w", encoding="utf-8") as old:
            old.write("old")
        os.chmod(file, 0o640)
        os.symlink(file, link)
        with open(file, encoding="utf-8") as reader:  # who has it open keeps the whole old one
            self.assertEqual(run(*PASSES, "--out", link).returncode, 0)
            self.assertEqual(reader.read(), "old")
        self.assertTrue(os.path.islink(link))
        self.check_json(read(file), 0)
        self.assertEqual(os.stat(file).st_mode & 0o777, 0o640)

    def test_explains(self):
        ended = run("explain", "disconnect.tab_close")
        self.assertEqual((ended.returncode, ended.stderr), (0, ""))
        self.assertIn("rule       P3 of PROTOCOL.md\n", ended.stdout)
        self.assertIn("carol -> server: ", ended.stdout)
        ended = run("explain", "disconnect.tabclose")
        self.assertEqual((ended.returncode, ended.stdout), (2, ""))
        self.assertIn("did you mean disconnect.tab_close?", ended.stderr)
        ended = run("explain", "chat.once", "--suite", GOLDENS + "suite.yaml")
        self.assertIn("chat.once: A chat arrives once\n", ended.stdout)


if __name__ == "__main__":
    unittest.main()
