"""A folder to run jobs in, bare and observed, and a comparison of the two."""

import difflib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
import zlib

from .interpreters import find_interpreters

HERE = os.path.dirname(os.path.abspath(__file__))
COLLECTOR = os.path.dirname(HERE)
INTERPRETERS = find_interpreters()


class Ground(unittest.TestCase):
    """A folder with jobs: `JOBS` maps names to texts."""

    JOBS = {}

    @classmethod
    def setUpClass(cls):
        cls.folder = os.path.realpath(tempfile.mkdtemp())
        cls.addClassCleanup(shutil.rmtree, cls.folder)
        shutil.copy(os.path.join(HERE, "state.py"), cls.folder)
        for name, text in cls.JOBS.items():
            cls.write(name, text)
        cls.recording = os.path.join(cls.folder, "out.pharos")

    @classmethod
    def write(cls, name, text, executable=False):
        path = os.path.join(cls.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
        if executable:
            os.chmod(path, 0o755)
        return path

    def run_bare(self, argv, **options):
        return self._run(argv, **options)

    def run_observed(self, argv, **options):
        prefix = [sys.executable, "-I", "-B", COLLECTOR, "-o", self.recording, "--passthrough", "--no-replay", "--"]
        return self._run(prefix + argv, **options)

    def _run(self, argv, environment=None, given=None):
        environ = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COV"))}
        # Bytecode that the first run writes would be there for the second.
        environ["PYTHONDONTWRITEBYTECODE"] = "1"
        environ.update(environment or {})
        done = subprocess.run(
            argv, cwd=self.folder, env=environ, input=given, stdin=subprocess.DEVNULL if given is None else None,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=60,
        )  # fmt: skip
        status = done.returncode if done.returncode >= 0 else 128 - done.returncode
        return done.stdout.decode(), done.stderr.decode(), status

    def lines(self):
        with open(self.recording, "rb") as file:
            text = zlib.decompressobj(31).decompress(file.read()).decode()
        return [json.loads(line) for line in text.splitlines()]

    def check(self, argv, seen=True, **options):
        bare = self.run_bare(argv, **options)
        observed = self.run_observed(argv, **options)
        for index, name in ((1, "stderr"), (0, "stdout")):
            texts = [run[index].splitlines() for run in (bare, observed)]
            difference = "\n".join(list(difflib.unified_diff(*texts, "bare", "observed", n=1, lineterm=""))[:30])
            self.assertTrue(bare[index] == observed[index], "%s of %s differs\n%s" % (name, argv, difference))
        self.assertEqual(bare[2], observed[2], "status of %s" % argv)
        lines = self.lines()
        self.assertEqual(lines[-1], ["end"])
        roles = [line[5]["role"] for line in lines if line[0] == "x"]
        if seen:
            self.assertEqual(roles.count("job"), 1, "%s: one job among %s" % (argv, roles))
        return lines


def each_interpreter(method):
    """Runs a test for each interpreter, with its path."""

    def test(self):
        for version, python in INTERPRETERS.items():
            with self.subTest(version):
                method(self, python, tuple(map(int, version.split("."))))

    test.__name__ = method.__name__
    return test
