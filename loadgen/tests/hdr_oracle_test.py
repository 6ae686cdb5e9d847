#!/usr/bin/python3
"""HdrHistogram's own Java library reads our .hlog and makes the percentile distribution that our .hgrm holds."""
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import unittest

program, jar = sys.argv[1], sys.argv[2]
del sys.argv[1:3]


def shapes():
    random.seed(1)
    yield "one", [42]
    yield "few", [1, 2, 3, 2047, 2048, 2049, 4095, 4096]
    yield "extremes", [0, 1, 3_600_000_000, 3_599_999_999]
    yield "uniform", [random.randrange(1, 100_000) for _ in range(5000)]
    yield "lognormal", [min(3_600_000_000, int(random.lognormvariate(8, 2))) for _ in range(20_000)]
    yield "constant", [777] * 3000


def rounded(lines):
    """Java rounds a tie in the 12th digit of a percentile up, C++ to the even digit; 11 digits are the same."""
    rows = [line.split() for line in lines]
    return [[row[0], f"{float(row[1]) + 1e-13:.11f}", *row[2:]] if len(row) >= 3 and row[1][:2] in ("0.", "1.") else row
            for row in rows]


def distributions(prefix, values):
    """Writes the sample's files. Returns its printed percentiles, and the lines of its .hgrm and of the library's."""
    printed = subprocess.run([program, prefix], input="\n".join(map(str, values)), capture_output=True, text=True,
                             check=True).stdout.split()
    subprocess.run(["java", "-cp", jar, "org.HdrHistogram.HistogramLogProcessor", "-i", f"{prefix}.hlog",
                    "-o", f"{prefix}.java", "-outputValueUnitRatio", "1000"], check=True, capture_output=True, text=True)
    theirs = pathlib.Path(f"{prefix}.java.hgrm").read_text().splitlines()
    title = next(number for number, line in enumerate(theirs) if line.split()[:1] == ["Value"])
    return printed, rounded(pathlib.Path(f"{prefix}.hgrm").read_text().splitlines()), rounded(theirs[title:])


class Oracle(unittest.TestCase):
    def test_the_distribution_is_the_same(self):
        for name, values in shapes():
            with self.subTest(name), tempfile.TemporaryDirectory() as folder:
                printed, ours, theirs = distributions(os.path.join(folder, "sample"), values)
                self.assertEqual(ours, theirs)
                # The printed percentiles by nearest rank, from the values themselves.
                ranked = sorted(values)
                for percent, value in zip((50, 90, 99, 99.9, 100), map(int, printed[1:])):
                    exact = ranked[max(1, -int(-percent * len(ranked) // 100)) - 1]
                    self.assertLessEqual(exact, value)
                    self.assertLessEqual(value, exact * 1.001 + 1)

    def test_what_is_out_of_range_is_told_in_comments(self):
        with tempfile.TemporaryDirectory() as folder:
            prefix = os.path.join(folder, "sample")
            _, ours, theirs = distributions(prefix, [-1] * 1500 + [5] * 1000 + [3_700_000_000, 42])
            told = ["#[Under range, or hidden: 1500]", "#[Over range, or lost: 1]"]
            self.assertEqual([" ".join(row) for row in ours[-2:]], told)
            self.assertEqual(ours[:-2], theirs)
            self.assertEqual([line for line in pathlib.Path(f"{prefix}.hlog").read_text().splitlines() if "range" in line], told)


if __name__ == "__main__":
    unittest.main()
