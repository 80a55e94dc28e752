"""A small environment and a project beside it, and the same staged."""

import os
import subprocess
import tempfile
import unittest

from collector.tests.interpreters import find_interpreters
from staged.tests.stage import Stage, write

LIBRARY = {
    "library/__init__.py": "'''Of a library.'''\nfrom . import part\nVALUE = 1\n",
    "library/part.py": "def where():\n    return __file__\n\n\ndef fail():\n    raise ValueError('no')\n",
    "library/late.py": "LATE = True\n",
    "library/asserts.py": "def holds():\n    try:\n        assert False\n    except AssertionError:\n        return True\n    return False\n",
    "library/warns.py": "import warnings\nwarnings.warn('old', DeprecationWarning, stacklevel=2)\n",
    "library/broken.py": "import not_there_at_all\n",
    "library/wrong.py": "def (\n",
    "library/data/table.txt": "one\n",
    "library/rest/__init__.py": "",
    "library/rest/other.py": "OTHER = 1\n",
    "parts/one.py": "ONE = 1\n",
    "single.py": "SINGLE = 1\n",
    "both.py": "raise SystemError('the package comes first')\n",
    "both/__init__.py": "BOTH = 1\n",
    "shadow.py": "FROM = 'library'\n",
    "other.pth": "# Python 3.13 imports a codec to read one.\n",
    "library-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: library\nVersion: 1.0\n",
    "library-1.0.dist-info/RECORD": "library/__init__.py,,\n",
    "library-1.0.dist-info/entry_points.txt": "[some.group]\none = library.part:where\n",
}
PROJECT = {
    "helper.py": "import os\nHERE = os.path.dirname(os.path.abspath(__file__))\n",
    "own/__init__.py": "from . import deep\n",
    "own/deep.py": "def fail():\n    raise KeyError('deep')\n",
    "own/missed.py": "MISSED = 1\n",
    "extra/__init__.py": "",
    "extra/thing.py": "THING = 1\n",
    "parts/two.py": "TWO = 2\n",
    "shadow.py": "FROM = 'project'\n",
}
LEFT = ("/library/late.py", "/library/rest", "/own/missed.py", "/project/extra")


class World:
    def __init__(self, interpreter, folder):
        self.interpreter = interpreter
        self.original = os.path.join(folder, "original")
        self.environment = os.path.join(self.original, "env")
        self.project = os.path.join(self.original, "project")
        ask = "import sys; print(sys._base_executable or sys.executable); print('%d.%d' % sys.version_info[:2])"
        answer = subprocess.run([interpreter, "-I", "-c", ask], stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()
        self.site = "%s/lib/python%s/site-packages" % (self.environment, answer[1])
        for name, text in LIBRARY.items():
            write(os.path.join(self.site, name), text)
        for name, text in PROJECT.items():
            write(os.path.join(self.project, name), text)
        home = os.path.dirname(os.path.realpath(answer[0]))
        write(self.environment + "/pyvenv.cfg", "home = %s\ninclude-system-site-packages = false\n" % home)
        os.mkdir(self.environment + "/bin")
        os.symlink(os.path.realpath(answer[0]), self.environment + "/bin/python")
        os.symlink("lib", self.environment + "/lib64")
        self.folder = os.path.join(folder, "stage")

    def script(self, text, name="app.py"):
        """The script, in the project, before it is packed."""
        return write(os.path.join(self.project, name), text)

    def pack(self):
        def is_left(path):
            return path.endswith(LEFT)

        self.stage = Stage(self.interpreter, self.folder, [self.environment], [self.project], is_left, self.site)
        return self.stage

    @property
    def python(self):
        return self.environment + "/bin/python"

    @property
    def staged_python(self):
        return self.folder + self.python


def snapshot(folder):
    """What must stay as it is: content, times, inodes."""
    found = {}
    for root, folders, files in os.walk(folder):
        for name in folders + files:
            path = os.path.join(root, name)
            status = os.lstat(path)
            found[path] = (status.st_mode, status.st_size, status.st_mtime_ns, status.st_ino, status.st_nlink)
    return found


class InWorlds(unittest.TestCase):
    """Tests that are made in a world of each interpreter that is found."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.scratch = os.path.realpath(folder.name)

    def each(self, check):
        for version, interpreter in find_interpreters().items():
            with self.subTest(version):
                check(World(interpreter, os.path.join(self.scratch, version)))
