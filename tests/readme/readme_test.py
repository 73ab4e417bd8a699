# SPDX-License-Identifier: BSD-3-Clause
"""What README.md tells a user to type works as it stands."""

import contextlib
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PROGRAM = sys.argv.pop()


def block(language):
    return re.search(rf"^```{language}\n(.*?)^```$", README, re.M | re.S).group(1)


def sharpwave(*arguments):
    return subprocess.run([PROGRAM, *arguments], check=True, capture_output=True, text=True).stdout


class Readme(unittest.TestCase):
    def setUp(self):
        folder = self.enterContext(tempfile.TemporaryDirectory())
        self.enterContext(contextlib.chdir(folder))

    def test_the_protocol_runs_and_python_opens_what_it_leaves(self):
        pathlib.Path("pair.toml").write_text(block("toml"), encoding="utf-8")
        sharpwave("validate", "pair.toml")
        sharpwave("run", "pair.toml", "--out", "pair", "--progress", "none")
        values = {}
        exec(block("python"), values)
        self.assertGreater(len(values["times"]), 1000)
        self.assertEqual(len(values["times"]), len(values["ids"]))
        self.assertTrue((values["times"][1:] >= values["times"][:-1]).all())
        self.assertEqual(values["potential"].shape, (500, 2))

    def test_the_example_of_set_is_taken(self):
        line = re.search(r"^    sharpwave (run brunel --set .*)$", README, re.M).group(1)
        sharpwave(*line.split(), "--set", "scale=0.01", "--progress", "none", "--out", "out")
        self.assertTrue(os.path.exists("out/spikes.h5"))

    def test_ci_runs_the_second_command(self):
        commands = re.findall(r"^    (\.ci/setup .*)$", README, re.M)
        self.assertEqual(len(commands), 2)
        self.assertIn(commands[1], (ROOT / ".ci/run").read_text(encoding="utf-8").splitlines())

    def test_every_link_leads_to_a_file(self):
        links = re.findall(r"\]\((?!https?:)([^)]+)\)", README)
        self.assertGreater(len(links), 3)
        self.assertEqual([link for link in links if not (ROOT / link).exists()], [])


if __name__ == "__main__":
    unittest.main()
