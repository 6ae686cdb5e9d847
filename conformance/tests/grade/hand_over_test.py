#!/usr/bin/python3
"""Where scores go: Canvas' gradebook, Gradescope, GitHub Classroom."""
import base64
import json
import os
import shutil
import subprocess
import unittest

import yaml

from grading import PATIENCE_SECONDS, GradingTest, content, grade, peers, program


class HandOver(GradingTest):
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
                      "--exclude", "robust.*")
        self.assertIn("2 of 2 scores are in", ended.stdout, ended.stderr)
        self.assertIn('no score for Student, Test', ended.stderr)
        filled = content(os.path.join(self.out, "export.csv"))
        self.assertEqual(filled, export.replace("A,,90.1", "A,5,90.1").replace('"A, B",3,80', '"A, B",0,80'))
        self.assertEqual(content(book), export)

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
