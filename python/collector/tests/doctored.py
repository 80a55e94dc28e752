"""Ranks of a made-up step on this machine, each started as a launcher would, and what their recordings hold."""

import glob
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
COLLECTOR = os.path.dirname(HERE)
# Of a run of the tests inside a job step.
LAUNCHERS = ("SLURM", "OMPI", "PMI", "PALS", "FLUX", "MPI_LOCAL", "JSM", "OMP_", "PYTHON", "COV")


def can_unshare():
    try:
        return subprocess.call(["unshare", "-m", "true"], stderr=subprocess.DEVNULL) == 0
    except OSError:
        return False


class Doctored(unittest.TestCase):
    """`self.folder` is where the ranks run and write."""

    def setUp(self):
        self.folder = os.path.realpath(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        self.node = os.uname().nodename.split(".")[0]
        self.collector = COLLECTOR
        self.children = []
        self.addCleanup(self.reap)

    def move_out(self):
        """A folder with the collector in it that is in none of those for temporary files: the sources may be."""
        outside = tempfile.mkdtemp(prefix="pharos-test-", dir="/run")
        self.addCleanup(shutil.rmtree, outside)
        self.collector = shutil.copytree(COLLECTOR, os.path.join(outside, "collector"))
        return outside

    def reap(self):
        for child in self.children:
            if child.poll() is None:
                child.kill()
            child.communicate()

    def start(self, arguments, rank=None, size=2, python=sys.executable, environment=None, before=()):
        """A doctor, as a rank of `size` on this node or alone; its Popen."""
        environ = {name: value for name, value in os.environ.items() if not name.startswith(LAUNCHERS)}
        environ["PYTHONDONTWRITEBYTECODE"] = "1"
        if rank is not None:
            numbers = {"RANK": rank, "SIZE": size, "LOCAL_RANK": rank, "LOCAL_SIZE": size}
            environ.update(("OMPI_COMM_WORLD_" + name, str(value)) for name, value in numbers.items())
        environ.update(environment or {})
        command = list(before) + [python, "-B", self.collector, "doctor"] + arguments
        child = subprocess.Popen(command, cwd=self.folder, env=environ, stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
        self.children.append(child)
        return child

    def end(self, child, status=0):
        """(stdout, stderr) of one that ended; its status is compared."""
        out, err = child.communicate(timeout=60)
        self.assertEqual(child.returncode, status, err.decode())
        return out.decode(), err.decode()

    def run_one(self, arguments, **options):
        status = options.pop("status", 0)
        return self.end(self.start(arguments, **options), status)

    def run_step(self, arguments, size=2, **options):
        """All ranks of a step; stdout and stderr of each."""
        ranks = [self.start(arguments, rank, size, **options) for rank in range(size)]
        return [self.end(child) for child in ranks]

    def files(self):
        return sorted(os.path.basename(path) for path in glob.glob(os.path.join(self.folder, "*.pharos*")))

    def facts(self, name=None):
        """A mapping of fact names to lists; path ids are replaced by nothing."""
        path = os.path.join(self.folder, name or "step.%s.pharos" % self.node)
        with open(path, "rb") as file:
            text = zlib.decompressobj(31).decompress(file.read()).decode()
        self.lines = [json.loads(line) for line in text.splitlines()]
        self.assertEqual(self.lines[-1], ["end"])
        found = {}
        for line in self.lines:
            if line[0] == "fact":
                found.setdefault(line[1], []).append(line[2])
        return found

    def path_of(self, identity):
        """The text of a path id of the recording that `facts` read last."""
        paths = {line[1]: line for line in self.lines if line[0] == "p"}
        names = []
        while identity in paths:
            names.append(paths[identity][3])
            identity = paths[identity][2]
        return "/" + "/".join(reversed(names))

    def leftovers(self):
        return [path for above in ("/tmp", "/dev/shm", "/var/tmp") for path in glob.glob("%s/pharos-doctor-%d-*" % (above, os.geteuid()))
                if os.path.getmtime(path) > self.began]  # fmt: skip

    def run(self, result=None):
        self.began = time.time() - 1
        return super().run(result)

    def write(self, name, text):
        path = os.path.join(self.folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w") as file:
            file.write(text)
        return path
