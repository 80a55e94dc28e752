"""Secrets planted wherever a job keeps them; none may be in the recording, decompressed."""

import gzip
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from collector.tests.test_recording import lines_of
from collector.tests.test_strace import can_trace

COLLECTOR = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SECRET = "hunter2xyzzy"
USER = "plantedada"
HOST = "plantedhost"

HELPER = """
import ctypes, os, socket, subprocess, sys
data = os.environ["DATA_FOLDER"]
for name in ("patients-%(secret)s.csv", "%(secret)s", "x.%(secret)s", ".%(secret)s", "%(secret)s/deep/a.h5"):
    try:
        open(os.path.join(data, name)).read()
    except OSError:
        pass
os.path.exists("/%(secret)s")
os.stat(data)
open(os.path.join(data, "out-%(secret)s.txt"), "a").write("%(secret)s")
os.listdir(data)
subprocess.call(["/bin/sh", "-c", "true %(secret)s"])
subprocess.call([sys.executable, "-c", "'%(secret)s'", "%(secret)s"])
try:
    socket.create_connection(("%(host)s.%(secret)s.invalid", 1), 0.1)
except OSError:
    pass
try:
    ctypes.CDLL(os.path.join(data, "%(secret)s", "nothing.so"))
except OSError:
    pass
""" % {"secret": SECRET, "host": HOST}

SCRIPT = """
import json
import helper_%(user)s
import %(user)s_tools.core
raise SystemExit("the password is %(secret)s")
""" % {"secret": SECRET, "user": USER}


class SecretsCase(unittest.TestCase):
    def setUp(self):
        root = os.path.realpath(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, root)
        self.target = os.path.join(root, "job.pharos")
        # A home folder with the user's name, in it a project with code and, elsewhere, data.
        self.home = os.path.join(root, "people", USER)
        self.project = os.path.join(self.home, "project-" + HOST)
        data = os.path.join(root, "data-" + SECRET, "of-" + USER)
        os.makedirs(os.path.join(self.project, USER + "_tools"))
        os.makedirs(os.path.join(data, SECRET, "deep"))
        self.write(self.project, "helper_%s.py" % USER, HELPER)
        self.write(self.project, USER + "_tools/core.py", "")
        self.write(self.project, "job.py", SCRIPT)
        self.write(self.project, "notes-%s.txt" % SECRET, SECRET)
        self.write(data, "patients-%s.csv" % SECRET, SECRET)
        self.environ = {
            "PATH": os.environ.get("PATH", "/bin") + ":/absent/" + SECRET,
            "HOME": self.home,
            "USER": USER,
            "LOGNAME": USER,
            "HOSTNAME": HOST,
            "DATA_FOLDER": data,
            "API_TOKEN": SECRET,
            SECRET.upper(): "name",
            "OMP_NUM_THREADS": SECRET,
            "CUDA_VISIBLE_DEVICES": SECRET,
            "PYTHONNOUSERSITE": SECRET,
            "PYTHONWARNINGS": "ignore::UserWarning:" + SECRET,
            "LANG": "C." + SECRET,
            "LD_LIBRARY_PATH": "/absent/%s/lib:%s" % (SECRET, SECRET),
            "TMPDIR": root,
            "MPLCONFIGDIR": os.path.join(data, "config-" + SECRET),
        }

    def write(self, folder, name, text):
        with open(os.path.join(folder, name), "w") as file:
            file.write(text)

    def collect(self, *command, **more):
        options = more.pop("options", [])
        arguments = [sys.executable, "-B", COLLECTOR, "-o", self.target] + options + ["--"] + list(command)
        done = subprocess.run(arguments, env=self.environ, cwd=self.project, stderr=subprocess.PIPE, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        with gzip.open(self.target) as file:
            self.text = file.read().decode("utf-8")
        return lines_of(self.target)

    def assert_clean(self):
        for secret in (SECRET, USER, HOST):
            found = [line for line in self.text.split("\n") if secret in line.lower()]
            self.assertEqual(found, [])

    def counts(self, lines):
        return [line[2]["counts"] for line in lines if line[:2] == ["fact", "removed"]][-1]


class NothingIsToldByTheDoctor(SecretsCase):
    def look(self, *command):
        node = os.uname().nodename.split(".")[0]
        arguments = [sys.executable, "-B", COLLECTOR, "doctor", "-o", self.target, "--"] + list(command)
        done = subprocess.run(arguments, env=self.environ, cwd=self.project, stderr=subprocess.PIPE, timeout=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.target = "%s.%s.pharos" % (self.target[: -len(".pharos")], node)
        with gzip.open(self.target) as file:
            self.text = file.read().decode("utf-8")
        return lines_of(self.target)

    def test_by_a_script_with_arguments(self):
        lines = self.look(sys.executable, "job.py", SECRET, "--token=" + SECRET)
        self.assert_clean()
        counts = self.counts(lines)
        self.assertGreaterEqual(counts["environment values"], 5)
        self.assertGreaterEqual(counts["names"], 1)
        self.assertGreaterEqual(counts["arguments"], 2)
        self.assertIn("helper_$USER", self.text)

    def test_by_a_command_that_is_not_there(self):
        self.look("/absent/" + SECRET, SECRET)
        self.assert_clean()

    def test_by_the_collectors_own_python(self):
        arguments = [sys.executable, "-B", COLLECTOR, "doctor", "-o", self.target]
        subprocess.run(arguments, env=self.environ, cwd=self.project, check=True, timeout=120)
        with gzip.open("%s.%s.pharos" % (self.target[: -len(".pharos")], os.uname().nodename.split(".")[0])) as file:
            self.text = file.read().decode("utf-8")
        self.assert_clean()


class NothingIsTold(SecretsCase):
    def test_by_a_script_with_arguments(self):
        lines = self.collect(sys.executable, "job.py", SECRET, "--token=" + SECRET)
        self.assert_clean()
        counts = self.counts(lines)
        self.assertGreaterEqual(counts["environment values"], 5)
        self.assertGreaterEqual(counts["data paths"], 5)
        self.assertGreaterEqual(counts["names"], 3)
        self.assertGreaterEqual(counts["arguments"], 2)
        # Not clean for want of anything seen: the code beside the data is there, under hidden names.
        self.assertIn("helper_$USER", self.text)
        self.assertIn("project-$HOSTNAME", self.text)
        self.assertIn('0,"~"', self.text)

    def test_by_code_on_the_command_line(self):
        code = "import json; password = '%s'; import helper_%s" % (SECRET, USER)
        lines = self.collect(sys.executable, "-c", code, SECRET)
        self.assert_clean()
        self.assertIn("helper_$USER", self.text)
        self.assertIn("arguments", self.counts(lines))

    def test_by_a_shell_script(self):
        self.write(self.project, "start.sh", "export KEY=%s\nexec %s job.py %s\n" % (SECRET, sys.executable, SECRET))
        self.collect("/bin/sh", "start.sh", SECRET)
        self.assert_clean()
        self.assertIn("helper_$USER", self.text)

    @unittest.skipUnless(can_trace(), "strace is not installed or ptrace is forbidden here")
    def test_by_a_trace_of_the_job(self):
        self.collect(sys.executable, "job.py", SECRET, options=["--trace", "job", "--no-replay"])
        self.assert_clean()
        self.assertIn('"trace"', self.text)


if __name__ == "__main__":
    unittest.main()
