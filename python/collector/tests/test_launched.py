"""A job that an image's `launch` starts, seen whole: every Python of it, with its imports, and every path."""

import os
import subprocess
import sys
import tempfile
import unittest

from collector.tests.test_recording import lines_of, texts_of
from collector.tests.test_strace import can_trace

PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
LAUNCH = """#!/bin/sh
# An image of Pharos 0.1.0.
while :; do case $1 in -*) shift ;; *) break ;; esac; done
"$@" &
wait $!
"""
RANKS = """for rank in 0 1; do
  OMPI_COMM_WORLD_RANK=$rank OMPI_COMM_WORLD_SIZE=2 "$@" &
done
wait
"""


def record(folder, *command):
    target = os.path.join(folder, "job.pharos")
    options = ["--trace", "job", "--paths", "whole", "-o", target, "--"]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("OMPI_", "SLURM_", "PMI"))}
    environment["PYTHONPATH"] = PACKAGE
    subprocess.run([sys.executable, "-m", "collector"] + options + list(command), env=environment, check=True, timeout=120)
    return lines_of(target)


def write(folder, name, text):
    path = os.path.join(folder, name)
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, 0o755)
    return path


@unittest.skipUnless(can_trace(), "strace is not installed or ptrace is forbidden here")
class LaunchedTest(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = os.path.realpath(folder.name)

    def pythons(self, lines):
        """Images of the trace that the probe saw a Python in, in their order."""
        seen = {line[1] for line in lines if line[0] == "f"}
        return [line for line in lines if line[0] == "x" and line[3] == "trace" and line[1] in seen]

    def imports_of(self, lines, image):
        words = dict(line[1:3] for line in lines if line[0] == "s")
        return {words[line[4]] for line in lines if line[0] == "b" and line[1] == image[1]}

    def test_by_an_interpreter_that_takes_nothing_from_the_environment(self):
        launch = write(self.folder, "launch", LAUNCH)
        lines = record(self.folder, launch, "--keep", sys.executable, "-I", "-c", "import json")
        (job,) = self.pythons(lines)
        self.assertEqual(job[5]["role"], "job")
        self.assertIn("json.decoder", self.imports_of(lines, job))

    def test_every_rank_has_its_number_and_its_imports(self):
        ranks = write(self.folder, "ranks.sh", RANKS)
        script = write(self.folder, "job.py", "import os\nif os.environ['OMPI_COMM_WORLD_RANK'] == '1': import json\n")
        lines = record(self.folder, "sh", ranks, sys.executable, script)
        ranks = {image[5].get("rank"): image for image in self.pythons(lines)}
        self.assertEqual(sorted(ranks), [0, 1])
        self.assertNotIn("json", self.imports_of(lines, ranks[0]))
        self.assertIn("json", self.imports_of(lines, ranks[1]))
        operations = [line for line in lines if line[0] == "o" and line[1] == ranks[1][1]]
        decoder = [line[2] for line in operations if "/json/" in texts_of(lines)[line[5]]]
        self.assertTrue(decoder and all(decoder))

    def test_paths_of_data_and_of_a_home_stay_as_they_are(self):
        data = os.path.join(self.folder, "results of anna.csv")
        home = os.environ.get("HOME", "/root")
        code = "import os\nopen(%r, 'w').close()\nos.path.exists(%r)" % (data, home + "/thesis.tex")
        lines = record(self.folder, sys.executable, "-c", code)
        texts = texts_of(lines)
        asked = {texts[line[5]] for line in lines if line[0] == "o"}
        self.assertTrue({data, home + "/thesis.tex"} <= asked)
        self.assertEqual([line for line in lines if line[0] == "d"], [])


if __name__ == "__main__":
    unittest.main()
