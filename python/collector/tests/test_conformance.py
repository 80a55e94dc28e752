"""The probe and the replay saw the same: every lookup of the import system, import by import, path by path."""

import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from collections import Counter, defaultdict

from collector.tests.test_recording import lines_of, texts_of
from collector.tests.test_strace import can_trace

COLLECTOR = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
EXAMPLES = os.path.join(os.path.dirname(os.path.dirname(COLLECTOR)), "examples", ".venv", "bin", "python")

SCRIPT = """
import json, xml.etree.ElementTree
import sqlite3, decimal, ctypes, asyncio
import concurrent.futures, email.message
import local_package.inner, namespace_package.inner
try:
    import absent_module
except ImportError:
    pass
try:
    import numpy, scipy.sparse, matplotlib
except ImportError:
    pass
"""

COMPARED = ("stat", "open", "opendir")


def is_of_the_import_system(operation, path, error):
    """What only the import system asks for. Data files are opened by code of any kind, C among it.

    An audit hook tells of an open before it is made, so the probe cannot tell the outcome of one that is no import's:
    `importlib.metadata` opens folders that are zips, `.json` and `METADATA` files. These are left out by name.
    """
    if ".dist-info" in path or path.endswith(".zip"):
        return False
    return path.endswith((".py", ".pyc", ".so")) or operation in ("opendir", "stat")


def by_import(lines):
    """{source: {module: Counter of (operation, path, error)}}"""
    texts = texts_of(lines)
    words = {line[1]: line[2] for line in lines if line[0] == "s"}
    sources = {line[1]: line[3] for line in lines if line[0] == "x"}
    modules = {(line[1], line[2]): words[line[4]] for line in lines if line[0] == "b"}
    found = defaultdict(lambda: defaultdict(Counter))
    for line in lines:
        if line[0] == "o" and line[2] and line[4] in COMPARED:
            key = (line[4], texts[line[5]], line[6])
            if is_of_the_import_system(*key):
                found[sources[line[1]]][modules[line[1], line[2]]][key] += 1
    return found


def imported_at_start(lines, source):
    """The modules that the module-level imports of `__main__` loaded or looked for."""
    words = {line[1]: line[2] for line in lines if line[0] == "s"}
    images = {line[1] for line in lines if line[0] == "x" and line[3] == source}
    tops, modules = {}, []
    for line in lines:
        if line[0] == "b" and line[1] in images:
            tops[line[2]] = tops.get(line[3], line[6])
            if tops[line[2]] == "main":
                modules.append(words[line[4]])
    return modules


@unittest.skipUnless(can_trace(), "strace is not installed or ptrace is forbidden here")
class SourcesAgree(unittest.TestCase):
    def setUp(self):
        self.folder = os.path.realpath(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)
        for name in ("local_package/__init__.py", "local_package/inner.py", "namespace_package/inner.py"):
            path = os.path.join(self.folder, name)
            os.makedirs(os.path.dirname(path), exist_ok=True)
            open(path, "w").close()
        with open(os.path.join(self.folder, "script.py"), "w") as file:
            file.write(SCRIPT)

    def compare(self, python, least):
        target = os.path.join(self.folder, "job.pharos")
        environ = dict(os.environ, PYTHONDONTWRITEBYTECODE="1")
        command = [sys.executable, "-B", COLLECTOR, "-o", target, "--", python, os.path.join(self.folder, "script.py")]
        subprocess.check_call(command, env=environ, timeout=300)
        lines = lines_of(target)
        # Packages that import the names of a set do so in another order each time.
        self.assertEqual(sorted(imported_at_start(lines, "replay")), sorted(imported_at_start(lines, "probe")))
        found = by_import(lines)
        probe, replay = found["probe"], found["replay"]
        compared = 0
        for module in replay:
            seen, traced = probe[module], replay[module]
            self.assertEqual(seen - traced, Counter(), "only the probe saw, in %s" % module)
            # What C code or the loader does besides is what the replay is for.
            more = {key: count for key, count in (traced - seen).items() if is_only_importlibs(key)}
            # `linecache` asks for a source again when a module prints or reads a stack while it is imported.
            more = {key: count for key, count in more.items() if key[0] != "stat" or key not in seen}
            self.assertEqual(more, {}, "only the replay saw, in %s" % module)
            compared += sum(seen.values())
        self.assertGreater(compared, least)

    def test_on_the_standard_library(self):
        self.compare(sys.executable, 500)

    @unittest.skipUnless(os.path.exists(EXAMPLES), "the examples' environment is not set up")
    def test_on_packages_with_extension_modules(self):
        self.compare(EXAMPLES, 1500)


def is_only_importlibs(key):
    operation, path, _ = key
    return operation == "opendir" or path.endswith((".py", ".pyc")) or "/__init__" in path


if __name__ == "__main__":
    unittest.main()
