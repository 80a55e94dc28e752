"""`read` shows what recordings of a step hold, and takes no harm from what they should not hold."""

import gzip
import json
import os
import random
import re
import subprocess
import sys
import time
import unittest

from .doctored import COLLECTOR, Doctored

PYTHON = sys.executable
HEAD = ["pharos-recording", 1, {"collector": "0", "started": "2026-11-22T00:00:00Z"}]
STEP = ["fact", "step", {"nodeName": "n1", "localRanks": 1, "hasCommand": True, "secondsLimit": 10}]


class Reads(Doctored):
    def recording(self, name, lines, end=True):
        with gzip.open(os.path.join(self.folder, name), "wt") as file:
            for line in [HEAD] + lines + ([["end"]] if end else []):
                file.write(json.dumps(line) + "\n")

    def read(self, *names, **options):
        status = options.pop("status", 0)
        environ = dict(os.environ, **options)
        done = subprocess.run([PYTHON, "-B", COLLECTOR, "read"] + list(names), cwd=self.folder, env=environ,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60)  # fmt: skip
        self.assertEqual(done.returncode, status, done.stderr)
        self.assertNotIn(b"Traceback", done.stderr)
        return done.stdout.decode(), done.stderr.decode()

    def test_a_step_that_ran(self):
        self.run_step(["--", PYTHON, "-c", "import json"], size=3)
        out, _ = self.read("step.%s.pharos" % self.node)
        self.assertIn("3 of 3 ranks on 1 of 1 nodes, launched by openmpi", out)
        self.assertIn("Python, ranks 0-2", out)
        self.assertEqual([line for line in out.splitlines() if len(line) > 80], [])

    def test_nodes_are_told_together_and_the_silent_ones_named(self):
        launch = ["fact", "launch", {"launcher": "slurm", "nodes": 3, "ranks": 6, "ranksPerNode": 2}]
        for number in range(2):
            rank = {"claims": [], "affinity": {"atStart": "0-3"}, "seen": "inside", "seconds": {}, "ended": {"status": 0}}
            ranks = [["fact", "rank", dict(rank, rank=2 * number + local)] for local in range(2)]
            step = ["fact", "step", dict(STEP[2], nodeName="n%d" % number)]
            self.recording("n%d" % number, [step, launch] + ranks)
        out, _ = self.read("n0", "n1")
        self.assertIn("4 of 6 ranks on 2 of 3 nodes, launched by slurm", out)
        self.assertIn("nothing was heard of ranks 4-5", out)

    def test_control_characters_are_shown(self):
        values = {"values": {"A\x1b[2J": "\x9b31m\u202e"}, "searchPaths": {}, "ranks": [0]}
        self.recording("a", [["fact", "step", dict(STEP[2], nodeName="n\x1b]0;x\x07")], ["fact", "environment", values]])
        out, _ = self.read("a")
        self.assertIsNone(re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", out))
        self.assertIn("\\x1b[2J", out)
        self.read("a", PYTHONIOENCODING="ascii", LC_ALL="C")
        _, err = self.read("no\x1bthing", status=2)
        self.assertNotIn("\x1b", err)

    def test_files_that_are_none(self):
        self.write("text", "not a recording")
        self.recording("audit", [])
        with gzip.open(os.path.join(self.folder, "other"), "wt") as file:
            file.write("[1, 2]\n" + "x" * 100)
        for name in ("text", "audit", "other", "absent", "."):
            _, err = self.read(name, status=2)
            self.assertRegex(err, r"\Aerror: .* cannot be read: .*\nhint: .*\.\n\Z", name)
        self.read(status=2)

    def test_one_that_was_cut_short(self):
        self.recording("a", [STEP], end=False)
        out, _ = self.read("a")
        self.assertIn("n1 (cut short)", out)
        with open(os.path.join(self.folder, "a"), "rb") as file:
            data = file.read()
        with open(os.path.join(self.folder, "b"), "wb") as file:
            file.write(data[:-12])
        self.read("b")

    def test_one_that_inflates_without_end(self):
        with gzip.open(os.path.join(self.folder, "a"), "wb", compresslevel=9) as file:
            file.write((json.dumps(HEAD) + "\n" + json.dumps(STEP) + "\n").encode())
            for _ in range(400):
                file.write(b" " * (1 << 20))
        begin = time.monotonic()
        self.read("a")
        self.assertLess(time.monotonic() - begin, 20)

    def test_any_fact_may_be_anything(self):
        self.run_step(["--", PYTHON, "-c", "import json, multiprocessing"])
        self.facts()
        chance = random.Random(20261122)
        strange = [None, [], {}, -1, 1e308, "\x00", [[[]]], {"a": {}}, True, "x" * 5000, 2**70]

        def spoil(value):
            if chance.random() < 0.15:
                return chance.choice(strange)
            if isinstance(value, dict):
                return {name: spoil(item) for name, item in value.items()}
            return [spoil(item) for item in value] if isinstance(value, list) else value

        for number in range(40):
            lines = [line if line[0] != "fact" else line[:2] + [spoil(line[2])] for line in self.lines[1:-1]]
            self.recording("f%d" % number, [STEP] + lines)
        out, _ = self.read(*["f%d" % number for number in range(40)])
        self.assertIn("Ranks", out)
        for number in range(0, 40, 8):
            self.read("f%d" % number)


if __name__ == "__main__":
    unittest.main()
